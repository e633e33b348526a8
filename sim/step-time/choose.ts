import type { Gpu } from '../catalog/gpu.ts';
import { efficiencies, leftOutErrors } from './efficiencies.ts';
import type { Efficiency } from './efficiency.ts';
import { fittedStepTime } from './fitted.ts';
import { type HostOverhead, hostOverheadOf, minorOf } from './host-overhead.ts';
import type { ProfileEntry, StepErrors } from './profile.ts';
import { profiles } from './profiles/registry.ts';
import { rooflineStepTime } from './roofline.ts';
import type { DataSheetOptions } from './roofline-parts.ts';
import type { StepTimeModel } from './step-time.ts';
import type { UserProfile } from './user-profile.ts';

export interface StepTimeOptions extends DataSheetOptions {
  /** The vLLM version that is simulated, such as 0.19.0. */
  readonly engineVersion: string;
  /** Whether the next step is scheduled in the shadow of the GPU. */
  readonly asyncScheduling: boolean;
  /** The user's own measurements, which win over everything else. */
  readonly userProfile?: UserProfile;
}

/**
 * What a step time rests on: coefficients of this very GPU and model, the constants of this GPU,
 * only the data sheet, or the user's own profile.
 */
export type StepTimeBasis = 'entry' | 'gpu' | 'spec' | 'user';

export interface ChosenStepTime {
  readonly model: StepTimeModel;
  readonly basis: StepTimeBasis;
  /** To be printed beside every latency; absent where a user's profile does not say. */
  readonly expectedErrorPct: StepErrors | undefined;
  readonly source: string;
}

/** The best step times there are for a model on a GPU. */
export function chooseStepTime(options: StepTimeOptions): ChosenStepTime {
  const { userProfile } = options;
  if (userProfile !== undefined) return userStepTime(userProfile);
  const host = hostOverheadOf(options.engineVersion, options.asyncScheduling);
  const entry = exactEntry(options);
  if (entry !== undefined) return entryStepTime(entry, host, options);
  return dataSheetStepTime(options, host);
}

/** Probed on a live engine, it has the padding of batches inside. */
function userStepTime({ name, coefficients, host, range, errorPct }: UserProfile): ChosenStepTime {
  return {
    model: fittedStepTime({ coefficients, host, ...(range === undefined ? {} : { range }) }),
    basis: 'user',
    expectedErrorPct: errorPct,
    source: name,
  };
}

function entryStepTime(
  entry: ProfileEntry,
  host: HostOverhead,
  options: StepTimeOptions,
): ChosenStepTime {
  const { captureSizes } = options;
  const { coefficients, range, source, kernels } = entry;
  const model = fittedStepTime({
    coefficients,
    host,
    range,
    ...(captureSizes === undefined ? {} : { captureSizes }),
  });
  const expectedErrorPct = widened(mixedApart(entry, options.gpu), options);
  return { model, basis: 'entry', expectedErrorPct, source: `${source}, vLLM ${kernels} kernels` };
}

function dataSheetStepTime(options: StepTimeOptions, host: HostOverhead): ChosenStepTime {
  const ofGpu: Efficiency | undefined = efficiencies.byGpu[options.gpu.name];
  const model = rooflineStepTime({
    ...options,
    host,
    efficiency: ofGpu ?? efficiencies.shared,
    sharedAttentionKernel: sharesAttentionKernel(options.gpu),
  });
  return ofGpu === undefined
    ? {
        model,
        basis: 'spec',
        expectedErrorPct: widened(leftOutErrors.gpu, options),
        source: 'data sheet, with constants fitted on other GPUs',
      }
    : {
        model,
        basis: 'gpu',
        expectedErrorPct: widened(leftOutErrors.model, options),
        source: 'data sheet, with constants fitted on other models on this GPU',
      };
}

/**
 * The kernels measured inside the engine first, then those of the vLLM version nearest to the
 * simulated one. The measured cache is in 16 bits, so 8 bits make it another combination, and so
 * does a link that is known to be another.
 */
function exactEntry(options: StepTimeOptions): ProfileEntry | undefined {
  const { gpu, model, tensorParallelSize, weights = 'bf16', kvCache = 'bf16' } = options;
  if (kvCache !== 'bf16' || options.interconnect !== undefined) return undefined;
  const wanted = minorOf(options.engineVersion);
  const distance = ({ kernels }: ProfileEntry) => Math.abs(minorOf(kernels) - wanted);
  return profiles
    .filter((profile) => profile.gpu === gpu.name && profile.model === model.name)
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.tensorParallelSize === tensorParallelSize && entry.weights === weights)
    .sort(
      (a, b) =>
        Number(b.source === 'LLMServingSim') - Number(a.source === 'LLMServingSim') ||
        distance(a) - distance(b) ||
        minorOf(b.kernels) - minorOf(a.kernels),
    )[0];
}

/**
 * Prompts and decodes in one kernel were measured of FlashAttention 2 only, on two cards, where the
 * cache then costs nearly twice as much. Of newer kernels no such measurement is known.
 */
function sharesAttentionKernel(gpu: Gpu): boolean {
  return gpu.attentionKernel === 'flash-attention-2';
}

/**
 * aiconfigurator timed prompts and decodes apart. Its entry of the RTX PRO 6000 with Llama-3.1-8B
 * is off by that much on 1,217 mixed steps that LLMServingSim timed together on the same card, some
 * of them longer and some shorter; the penalty of the data-sheet model hardly helps there (11.4).
 */
const mixedApartErrorPct = 12.3;

function mixedApart({ errorPct, source }: ProfileEntry, gpu: Gpu): StepErrors {
  if (source === 'LLMServingSim' || !sharesAttentionKernel(gpu)) return errorPct;
  return { ...errorPct, mixed: Math.max(mixedApartErrorPct, errorPct.mixed) };
}

/** The all-reduce over PCIe belongs to a machine, not to a card: it must be measured. */
function widened(errors: StepErrors, options: StepTimeOptions): StepErrors {
  const { gpu, interconnect, tensorParallelSize } = options;
  if (tensorParallelSize === 1 || gpu.linkGBps > 64 || interconnect !== undefined) return errors;
  const atLeast = (error: number) => Math.max(25, error);
  return {
    decode: atLeast(errors.decode),
    prefill: atLeast(errors.prefill),
    mixed: atLeast(errors.mixed),
  };
}
