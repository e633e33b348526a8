import { expect, test } from 'vitest';
import { requestHeaders } from '../../../proxy/client/request-headers.ts';

test('a client can call its own headers off, and none of those that replicas get from here', () => {
  const raw = ['Connection', 'X-A, Authorization, x-request-id', 'X-A', '1', 'X-B', '2'];
  expect(
    requestHeaders([...raw, 'Authorization', 'Bearer client', 'X-Request-Id', 'mine'], {
      requestId: 'mine',
      authorization: 'Bearer replicas',
      keepsCredentials: false,
    }),
  ).toEqual(['X-B', '2', 'x-request-id', 'mine', 'authorization', 'Bearer replicas']);
});
