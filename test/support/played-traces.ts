import { type RequestSpec, RequestStream } from '../../scenarios/request-stream.ts';
import { type Scenario, withTraces } from '../../scenarios/scenario.ts';
import { type ShareOptions, shareTrace } from '../../scenarios/traces/shared-trace.ts';
import { TraceColumns } from '../../scenarios/traces/trace-columns.ts';
import type { TraceRow } from '../../scenarios/traces/trace-row.ts';
import { loadScenario } from './scenarios.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A scenario of one entry that plays these rows. */
export function playing(
  rows: readonly TraceRow[],
  { trace = {}, ...entry }: Entry & { readonly trace?: Entry } = {},
  options: Partial<ShareOptions> = {},
): Scenario {
  const columns = new TraceColumns();
  for (const row of rows) columns.append(row);
  const scenario = {
    name: 'played',
    summary: 'A trace of a test.',
    model: 'Llama-3.1-8B',
    fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 2 }],
    traffic: [{ tenant: 'chat', trace: { file: 'a.csv', ...trace }, ...entry }],
    warmup: '0s',
    duration: '10s',
  };
  const fingerprint = () => 'test';
  const shared = shareTrace(columns, {
    timed: true,
    inferSessions: false,
    fingerprint,
    ...options,
  });
  return withTraces(loadScenario(JSON.stringify(scenario)), new Map([[0, shared]]));
}

/** The first requests of a scenario, or all there are. */
export function requestsOf(scenario: Scenario, most: number, seed = 1): RequestSpec[] {
  const stream = new RequestStream(scenario, seed);
  const requests: RequestSpec[] = [];
  while (requests.length < most && stream.nextArrivalUs < Number.POSITIVE_INFINITY) {
    requests.push(stream.next());
  }
  return requests;
}
