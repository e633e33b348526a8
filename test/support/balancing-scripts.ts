import { randomIndex, randomStream } from '../../core/random.ts';

/** Who gets a request with this key, as a number from 1; requests are numbered in their order. */
export interface Picks {
  send(key: string): number | Promise<number>;
  end(request: number): void | Promise<void>;
}

export type Step =
  | { readonly kind: 'send'; readonly key: string }
  | { readonly kind: 'end'; readonly request: number };

export interface ScriptOptions {
  readonly requests: number;
  /** Most requests that are in progress at once. */
  readonly held: number;
  readonly keys: number;
}

/** Requests that come and are answered in an order of chance, but each time the same. */
export function balancingScript({ held, keys, requests }: ScriptOptions): Step[] {
  const random = randomStream(1, `script/${held}/${keys}`);
  const steps: Step[] = [];
  const open: number[] = [];
  for (let request = 0; request < requests; request++) {
    const key = `k${randomIndex(random, keys)}`;
    steps.push({ kind: 'send', key });
    open.push(request);
    // Down to a size of chance, so that the fleet is idle as well as busy.
    const stay = randomIndex(random, held);
    while (open.length > stay) {
      const [ended] = open.splice(randomIndex(random, open.length), 1);
      steps.push({ kind: 'end', request: ended! });
    }
  }
  return steps;
}

export async function play(script: readonly Step[], picks: Picks): Promise<string> {
  let all = '';
  for (const step of script) {
    if (step.kind === 'send') all += await picks.send(step.key);
    else await picks.end(step.request);
  }
  return all;
}

/** Has so many requests stay at each replica, whoever the balancer would rather pick. */
export async function loadUp(picks: Picks, loads: readonly number[]): Promise<number> {
  const missing = [...loads];
  const surplus: number[] = [];
  let sent = 0;
  while (missing.some((count) => count > 0)) {
    const replica = (await picks.send('any')) - 1;
    if (missing[replica]! > 0) missing[replica]! -= 1;
    else surplus.push(sent);
    sent += 1;
  }
  for (const request of surplus) await picks.end(request);
  return sent;
}
