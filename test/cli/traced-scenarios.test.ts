import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tracedNames } from '../../scenarios/library.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hasTraceData, traceData } from '../support/trace-data.ts';

/** What stands in for the whole public file, under its public name. */
const stored: Readonly<Record<string, string>> = {
  'AzureLLMInferenceTrace_conv.csv.gz': 'azure2023/AzureLLMInferenceTrace_conv.csv.gz',
  'AzureLLMInferenceTrace_code.csv.gz': 'azure2023/AzureLLMInferenceTrace_code.csv.gz',
  'conversation_trace.jsonl.gz': 'mooncake/conversation_trace.jsonl.gz',
  'toolagent_trace.jsonl.gz': 'derived/toolagent_like_DERIVED.jsonl.gz',
};

test.each(tracedNames())('%s without its trace says where to get it', async (name) => {
  const env = { FAIRLEAD_TRACES: temporaryFolder() };
  const { code, stderr } = await runFairlead(['scenario', 'validate', name], { env });
  expect(code).toBe(64);
  expect(stderr).toMatch(
    /there is no file \S+\.(csv|jsonl) or .*Get it from: https:\/\/github\.com\//,
  );
});

describe.runIf(hasTraceData)('with the public traces', () => {
  test.each(tracedNames())('%s plays its trace, packed or not', async (name) => {
    const folder = join(temporaryFolder(), 'traces');
    mkdirSync(folder);
    for (const [file, from] of Object.entries(stored)) {
      symlinkSync(join(traceData, from), join(folder, file));
    }
    const env = { FAIRLEAD_TRACES: folder };
    const { code, stdout } = await runFairlead(['scenario', 'show', name, '--json'], { env });
    expect(code).toBe(0);
    const { scenario, traffic } = JSON.parse(stdout) as {
      scenario: { name: string };
      traffic: { all: { requests: number }; entries: { arrivals: string }[] };
    };
    expect(scenario.name).toBe(name);
    expect(traffic.all.requests).toBeGreaterThan(3_000);
    expect(traffic.entries[0]!.arrivals).toMatch(/^the trace \S+\.(csv|jsonl)$/);
    // What a scenario says, not what is in its trace.
    expect(stdout.length).toBeLessThan(60_000);
  });
});
