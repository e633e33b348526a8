import { traceText } from './trace-data.ts';

export interface AzureRequest {
  readonly arrivalS: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One of Azure's traces of 2023, with times from its first row. */
export function azureTrace(name: 'conv' | 'code'): AzureRequest[] {
  const lines = traceText(`azure2023/AzureLLMInferenceTrace_${name}.csv.gz`).trim().split('\r\n');
  const rows = lines.slice(1).map((line) => {
    const [timestamp, input, output] = line.split(',') as [string, string, string];
    // Seven digits of a second are more than a Date keeps; all rows are of one day.
    const [hours, minutes, seconds] = timestamp.split(' ')[1]!.split(':').map(Number);
    const timeS = hours! * 3_600 + minutes! * 60 + seconds!;
    return { timeS, inputTokens: Number(input), outputTokens: Number(output) };
  });
  return rows.map(({ timeS, ...lengths }) => ({ arrivalS: timeS - rows[0]!.timeS, ...lengths }));
}
