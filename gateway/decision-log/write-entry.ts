import type { RequestView } from '../../strategies/strategy.ts';
import type { Call, DecisionEntry } from './entry.ts';
import { columnOf, replicaColumns } from './replica-looks.ts';

/** An entry as an array that JSON can hold; `readEntry` makes an equal one of it. */
export function writeEntry(entry: DecisionEntry): unknown[] {
  switch (entry.kind) {
    case 'replica': {
      const { view } = entry;
      const values = replicaColumns.map((_, column) => exact(columnOf(view, column)));
      return ['replica', view.index, view.name, view.group, values];
    }
    case 'request':
      return ['request', entry.request, ...requestFields(entry.view)];
    case 'candidates':
      return ['candidates', entry.replicas];
    case 'added':
      return ['added', entry.group];
    default:
      return [entry.kind, entry.nowUs, entry.changes.map(exact), ...callFields(entry)];
  }
}

function requestFields(view: RequestView): unknown[] {
  const { adapter, arrivalUs, attempts, id, limits, priority, promptTokens } = view;
  const { prefixHashes, session, tenant, tier = null, turn } = view;
  return [
    ...[tenant, tier],
    [id, session, turn, arrivalUs, promptTokens, priority, adapter, attempts].map(exact),
    [limits.ttftUs, limits.tpotUs, limits.e2eUs].map(exact),
    Array.from(prefixHashes, exact),
  ];
}

function callFields(call: Call): unknown[] {
  if (!('request' in call)) {
    if (call.kind !== 'kv-event') return [call.replica];
    return [call.replica, call.event.kind, Array.from(call.event.hashes, exact)];
  }
  const { attempts, request } = call;
  if (call.kind === 'pick') return [request, attempts, call.picked];
  if (call.kind !== 'ended') return [request, attempts, call.replica];
  const { cachedTokens, outcome, outputTokens } = call.end;
  return [request, attempts, call.replica, outcome, exact(outputTokens), exact(cachedTokens)];
}

/** JSON writes every other number so that the same is read again. */
function exact(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
