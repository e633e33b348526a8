import { chooseStepTime } from '../../sim/step-time/choose.ts';
import { captureSizes } from '../../sim/step-time/graph-padding.ts';
import { measuredGpu, measuredModel } from './measured-hardware.ts';
import { type MeasuredRequest, replay, replayErrors, requestsFile, server } from './replay.ts';
import { judged, type ValidationRow } from './validation-row.ts';

/** Waiting amplifies an error of the steps about threefold in this overloaded run. */
const limits = { TTFT: 6, TPOT: 4, E2E: 4 } as const;

/** The measured run of 300 requests against the simulated engine. */
export function replayRows(requests: readonly MeasuredRequest[]): ValidationRow[] {
  const { model } = chooseStepTime({
    gpu: measuredGpu('RTXPRO6000'),
    model: measuredModel('Llama-3.1-8B'),
    tensorParallelSize: 1,
    engineVersion: '0.19.0',
    asyncScheduling: server.asyncScheduling,
    captureSizes: captureSizes(server.maxNumSeqs),
  });
  const scheduling = server.asyncScheduling ? 'asynchronous' : 'synchronous';
  const errors = replayErrors(requests, replay(requests, model));
  return [...errors].map(([name, value]) =>
    judged({
      name: `replay of RTX-PRO-6000, Llama-3.1-8B, vLLM 0.19.0: ${name}`,
      value,
      limit: limits[name.split(' ')[0] as keyof typeof limits],
      source: `${requestsFile}, ${requests.length} requests, ${scheduling} scheduling`,
    }),
  );
}
