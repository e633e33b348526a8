import { test } from 'vitest';
import { readFileSync } from 'node:fs';
import { Replica } from '../sim/replica/replica.ts';
import { ReferenceReplica } from './reference/reference-replica.ts';
import { EngineBench } from './support/engine-bench.ts';
import { benchOptions } from './support/engine-cases.ts';
test('debug', () => {
  const text = readFileSync('/tmp/case.js', 'utf8');
  const engineCase = (0, eval)(`(${text})`)[0];
  const options = benchOptions(engineCase);
  const out: string[] = [];
  const p = new EngineBench((e) => new ReferenceReplica({ ...e, onStep: (s: any) => {
    out.push(`ref ${s.number} ${s.startUs}-${s.endUs} ` + s.chunks.map((c: any) => `${c.sequence.request.id}:${c.tokens}@${c.history}${c.emits ? '!' : ''}`).join(' '));
  } }), options).run();
  console.log(out.join('\n'));
  console.log(p.observations.map((o: any) => `${o.kind} ${o.request} ${o.atUs}`).join(' | '));
  (globalThis as any).DEBUG = [];
  try { const j = new EngineBench((e) => new Replica(e), options).run();
  console.log((globalThis as any).DEBUG.join('\n'));
  console.log(j.observations.map((o: any) => `${o.kind} ${o.request} ${o.atUs}`).join(' | ')); }
  catch (e) { console.log((globalThis as any).DEBUG.join('\n')); throw e; }
});
