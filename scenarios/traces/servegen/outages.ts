import {
  type Activity,
  rateAt,
  type ServeGenClient,
  type ServeGenModel,
} from './servegen-model.ts';

/** Windows in which nobody sent anything: the telemetry was down, not the demand. */
export function outageWindows({ clients }: ServeGenModel): number[] {
  const windows = Math.max(...clients.map((client) => client.windows.length));
  return Array.from({ length: windows }, (_, window) => window).filter((window) =>
    clients.every((client) => rateAt(client, window) === 0),
  );
}

/** Puts into each outage what lies between the windows around it, client by client. */
export function withoutOutages(model: ServeGenModel): ServeGenModel {
  const out = new Set(outageWindows(model));
  const clients = model.clients.map((client) => {
    const windows = client.windows.map((activity, window) =>
      out.has(window) ? between(client, window, out) : activity,
    );
    return { ...client, windows };
  });
  return { ...model, clients };
}

function between(
  client: ServeGenClient,
  window: number,
  out: ReadonlySet<number>,
): Activity | undefined {
  let left = window - 1;
  let right = window + 1;
  while (out.has(left)) left -= 1;
  while (out.has(right)) right += 1;
  const [before, after] = [client.windows[left], client.windows[right]];
  const like = before ?? after;
  if (like === undefined) return undefined;
  if (left < 0 || right >= client.windows.length) return like;
  const share = (window - left) / (right - left);
  const rateRps = rateAt(client, left) * (1 - share) + rateAt(client, right) * share;
  return { ...like, rateRps };
}
