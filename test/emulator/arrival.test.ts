import { expect, test } from 'vitest';
import { PlayedRequest } from '../../emulator/played-request.ts';
import { plainSequence } from '../support/sequences.ts';
import { emulate, until } from './support/emulation.ts';

test('an engine has a request from the moment its bytes had come, and never from before its past', async () => {
  const emulation = await emulate({ count: 2 });
  try {
    const replicas = emulation.servers.map(({ replica }) => replica);
    await until(() => replicas[0]!.nowUs > 50_000);
    const submit = (index: number, earlierUs: number) => {
      const replica = replicas[index]!;
      const request = new PlayedRequest({
        sequence: plainSequence(1, 16, 2),
        listener: { onTokens: () => {}, onEnd: () => {} },
        isStreamed: true,
        arrivalUs: replica.nowUs - earlierUs,
        maxTokens: undefined,
      });
      replica.submit(request);
      return request;
    };
    const [late, impossible] = [submit(0, 1_000), submit(1, 20_000)];
    replicas[1]!.catchUp();
    const again = submit(1, 1_000_000);
    const all = [late, impossible, again];
    await until(() => all.every(({ told }) => told === 2));
    const usual = late.firstTokenUs - late.arrivalUs;
    expect(impossible.firstTokenUs - impossible.arrivalUs).toBe(usual);
    expect(again.firstTokenUs).toBeGreaterThan(impossible.firstTokenUs);
  } finally {
    await emulation.stop();
  }
});
