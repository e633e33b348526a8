// Reads a synthetic trace that is made while it is read: `read-trace.js azure|mooncake MB [packed]`.
// Prints how many MB (unpacked) a CPU second is good for, the making included unless it is packed,
// and the largest amount of memory it took.
import { gzipSync } from 'node:zlib';
import { openTrace } from '../scenarios/traces/open-trace.ts';
import { cpuSeconds } from './measure.ts';
import { azurePieces, mooncakePieces } from './trace-bytes.ts';

const readBytes = 262_144;
const [format, megabytes, packed] = process.argv.slice(2);
const made =
  format === 'azure' ? azurePieces(Number(megabytes)) : mooncakePieces(Number(megabytes));
// A gzip file may consist of many.
const pieces = packed === undefined ? made : [...made].map((piece) => gzipSync(piece));

/** As a file is read. */
async function* bytes() {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += readBytes) yield piece.subarray(at, at + readBytes);
  }
}

const before = cpuSeconds();
const trace = openTrace({ name: `synthetic ${format}`, bytes: bytes() });
let rows = 0;
let tokens = 0;
for await (const batch of trace.batches()) {
  rows += batch.length;
  for (const { promptTokens } of batch) tokens += promptTokens;
}
const cpuS = cpuSeconds() - before;
if (rows === 0 || tokens === 0 || trace.summary?.read !== rows) throw new Error('rows are missing');
const rssMb = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(`${JSON.stringify({ mbPerCpuS: Number(megabytes) / cpuS, rssMb, rows })}\n`);
