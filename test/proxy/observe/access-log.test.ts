import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessLogFields } from '../../../core/formats/access-log-fields.ts';
import { AccessLog, type AccessLogOptions } from '../../../proxy/observe/access-log.ts';
import type { RequestSummary } from '../../../proxy/observe/request-summary.ts';
import { openTraceFile } from '../../../scenarios/traces/trace-file.ts';
import { anySummary, summaryWith } from '../../support/request-summaries.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { collect } from '../../support/traces.ts';

const epochUs = Date.UTC(2026, 10, 21, 22, 20, 48) * 1_000 + 123_456;

async function opened(options: Partial<AccessLogOptions> = {}) {
  const path = join(temporaryFolder(), 'access.jsonl');
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const log = await AccessLog.open({ destination: path, epochUs, onError, ...options });
  return { path, log, errors };
}

async function logged(summaries: readonly RequestSummary[]): Promise<string> {
  const { path, log } = await opened();
  for (const summary of summaries) log.requestEnded(summary);
  await log.close();
  expect(log.lostLines).toBe(0);
  return readFileSync(path, 'utf8');
}

test('a line says what is known, in the order of the documented fields', async () => {
  const text = await logged([
    summaryWith({ session: 7, tier: undefined, cachedTokens: Number.NaN }),
  ]);
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({
    event: 'request',
    arrival: '2026-11-21T22:20:49.123456Z',
    requestId: 'r-1',
    tenant: 'acme',
    session: 7,
    method: 'POST',
    path: '/v1/chat/completions',
    model: 'Llama-3.1-8B',
    isStreamed: true,
    outcome: 'ok',
    status: 200,
    replica: 'a100-1',
    reason: 'first',
    attempts: 1,
    queueUs: 400,
    overheadUs: 350,
    ttftUs: 50_000,
    durationUs: 1_050_000,
    promptTokens: 700,
    outputTokens: 101,
    finishReason: 'stop',
    bytesIn: 3_000,
    bytesOut: 20_000,
  });
});

test('every field is documented, and every documented field is written', async () => {
  const all = summaryWith({ session: 1, errorCode: 'replica_failed' });
  expect(Object.keys(JSON.parse(await logged([all])))).toEqual(Object.keys(accessLogFields));
});

test('whatever clients and replicas say, a request is one line of JSON', async () => {
  const property = fc.asyncProperty(fc.array(anySummary(), { maxLength: 20 }), async (given) => {
    const text = await logged(given);
    const lines = text.split(/[\n\r\u0085\u2028\u2029\v\f]/);
    expect(lines.pop()).toBe('');
    expect(lines.length).toBe(given.length);
    for (const line of lines) {
      expect(line).not.toMatch(/\p{Cc}|null|NaN/u);
      for (const [field, value] of Object.entries(JSON.parse(line))) {
        const { kind } = accessLogFields[field as keyof typeof accessLogFields];
        if (kind === 'number') expect(Number.isSafeInteger(value), field).toBe(true);
        else expect(typeof value, field).toBe(kind === 'flag' ? 'boolean' : 'string');
      }
    }
  });
  await fc.assert(property, { seed: 1, numRuns: 60 });
});

describe('what must not be in a log', () => {
  test.each([
    ['/v1/models?api_key=sk-1', '/v1/models'],
    ['/v1/models#sk-1', '/v1/models'],
    ['http://user:sk-1@host/v1/models', '/v1/models'],
    ['user:sk-1@host/v1', '/v1'],
    ['host:443', ''],
    ['*', '*'],
    ['/a\r\nset-cookie: b', '/a\ufffd\ufffdset-cookie: b'],
    [`/${'a'.repeat(9_000)}`, `/${'a'.repeat(254)}…`],
  ])('of the path %s', async (path, expected) => {
    const text = await logged([summaryWith({ path })]);
    expect(JSON.parse(text).path).toBe(expected);
    expect(text).not.toContain('sk-1');
  });

  test('a header that would forge a line', async () => {
    const requestId = 'a"}\n{"event":"request","tenant":"victim"}\u2028\u001b[2J';
    const lines = (await logged([summaryWith({ requestId })])).trimEnd().split('\n');
    expect(lines.length).toBe(1);
    const { requestId: found, tenant } = JSON.parse(lines[0]!);
    expect(tenant).toBe('acme');
    expect(found).toBe('a"}\ufffd{"event":"request","tenant":"victim"}\ufffd\ufffd[2J');
  });
});

describe('the file', () => {
  test('is flushed at the end, and what comes later is counted', async () => {
    const { path, log } = await opened();
    for (let id = 0; id < 10_000; id++) log.requestEnded(summaryWith({ requestId: `${id}` }));
    await Promise.all([log.close(), log.close()]);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).requestId)).toEqual(
      Array.from({ length: 10_000 }, (_, id) => `${id}`),
    );
    log.requestEnded(summaryWith());
    log.reopen();
    expect(log.lostLines).toBe(1);
  });

  test('is begun anew on request, and no line is lost or written twice', async () => {
    const { path, log } = await opened();
    const paths = [path];
    let id = 0;
    for (let turn = 0; turn < 8; turn++) {
      for (let line = 0; line < 500; line++)
        log.requestEnded(summaryWith({ requestId: `${id++}` }));
      const moved = `${path}.${turn}`;
      renameSync(path, moved);
      paths.unshift(moved);
      log.reopen();
      // A rotation that comes before the file of the one before is open would find no file.
      await expect.poll(() => readIfThere(path), { interval: 2 }).toBeDefined();
    }
    await log.close();
    const all = paths.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
    const ids = all.map((line) => Number(JSON.parse(line).requestId)).sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: id }, (_, at) => at));
    expect(log.lostLines).toBe(0);
  });

  test('that cannot be written is complained about at once', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    for (const name of ['taken', 'none/there']) {
      const destination = join(folder, name);
      await expect(opened({ destination })).rejects.toThrow(
        `${destination}: the access log cannot be written (`,
      );
    }
  });

  test('may be a pipe whose reader dies', async () => {
    const destination = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [destination]);
    const reader = spawn('sh', ['-c', 'exec 3<"$0"; read -r line', destination]);
    const { log, errors } = await opened({ destination });
    reader.kill();
    await once(reader, 'exit');
    for (let line = 0; line < 100; line++) log.requestEnded(summaryWith());
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]!.message).toContain('EPIPE');
    log.requestEnded(summaryWith());
    expect(log.lostLines).toBe(1);
    await log.close();
  });

  test('that takes nothing more costs lines, not memory, and is reported', async () => {
    // Every write to it says that the disk is full.
    const { log, errors } = await opened({ destination: '/dev/full', mostWaitingBytes: 100_000 });
    const before = 5_000;
    for (let line = 0; line < before; line++) log.requestEnded(summaryWith());
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await log.close();
    expect(log.lostLines).toBeGreaterThan(before - 100_000 / 400);
    expect(errors[0]!.message).toContain('ENOSPC');
  });
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

test('what was logged is imported as it was', async () => {
  const property = fc.asyncProperty(
    fc.array(anySummary(), { minLength: 1, maxLength: 40 }),
    async (given) => {
      const prompt = summaryWith({ promptTokens: 5, outputTokens: 1 });
      const summaries = [...given, prompt];
      const { path, log } = await opened();
      for (const summary of summaries) log.requestEnded(summary);
      await log.close();
      const asked = summaries
        .map((summary, index) => ({ ...summary, line: index + 1 }))
        .filter(({ promptTokens }) => promptTokens >= 1)
        .sort((a, b) => a.arrivalUs - b.arrivalUs);
      const firstUs = asked[0]!.arrivalUs;
      const answered = asked.filter(({ outputTokens }) => outputTokens >= 1);
      const { rows, summary } = await collect(openTraceFile(path));
      expect(rows).toEqual(
        answered.map(({ arrivalUs, line, outputTokens, promptTokens, session, tenant }) => ({
          line,
          arrivalUs: arrivalUs - firstUs,
          promptTokens,
          outputTokens,
          tenant: tenant.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '\ufffd'),
          session: session === 0 ? undefined : String(session),
          turn: undefined,
          adapter: undefined,
          priority: undefined,
          blockTokens: undefined,
          blocks: undefined,
        })),
      );
      const others = summaries.length - asked.length;
      expect(summary).toMatchObject({
        format: 'proxy-jsonl',
        read: asked.length,
        failed: asked.length - answered.length,
        notes: others === 0 ? [] : [`${others} of the lines are not of prompts`],
      });
    },
  );
  await fc.assert(property, { seed: 1, numRuns: 100 });
});
