import type { ReplicaView } from '../strategy.ts';
import { crc32 } from './crc32.ts';
import { fnv1a, mix32 } from './fnv1a.ts';
import { avalanche, sdbm } from './haproxy-hash.ts';
import { effectiveWeight } from './haproxy-weight.ts';
import { bytesOfName } from './per-name.ts';

/** How a product lays replicas and keys on a ring of 2^32 places. */
export interface RingRule {
  /** Where a key is, in signed 32 bits. */
  hashKey(bytes: Uint8Array, length: number): number;
  /** Where the points of a replica are. */
  points(replica: ReplicaView, largestWeight: number): number[];
  /** Whether a key belongs to the nearer of its two neighbours, or always to the one above. */
  readonly takesNearest: boolean;
}

/** As libketama has it, and nginx after it. */
const pointsPerWeight = 160;

/** In proportion to the largest weight, so that no weights make the ring larger than equal ones. */
const fairlead: RingRule = {
  hashKey: (bytes, length) => mix32(fnv1a(bytes, length)),
  points(replica, largestWeight) {
    const name = fnv1a(bytesOfName(replica));
    const count = Math.max(1, Math.round((pointsPerWeight * replica.weight) / largestWeight));
    return Array.from({ length: count }, (_, point) => mix32(mix32(name) + point));
  },
  takesNearest: false,
};

/**
 * `ngx_http_upstream_update_chash`: a chain of check sums over host, a zero byte and port. Each point
 * goes on from the one before, the first from zero.
 */
const nginx: RingRule = {
  hashKey: crc32,
  points({ name, weight }) {
    const colon = name.lastIndexOf(':');
    const text = colon < 0 ? `${name}\0` : `${name.slice(0, colon)}\0${name.slice(colon + 1)}`;
    const base = crc32(new TextEncoder().encode(text));
    const points: number[] = [];
    const previous = new DataView(new ArrayBuffer(4));
    const bytes = new Uint8Array(previous.buffer);
    const count = Math.max(1, Math.round(pointsPerWeight * weight));
    for (let point = 0; point < count; point++) {
      points.push(crc32(bytes, bytes.length, base));
      previous.setInt32(0, points[point]!, true);
    }
    return points;
  },
  takesNearest: false,
};

/** `lb_chash.c`: servers are known by their number, from 1, and not by their name. */
const haproxy: RingRule = {
  hashKey: (bytes, length) => avalanche(sdbm(bytes, length)),
  points(replica) {
    const first = (replica.index + 1) * 4_096;
    return Array.from({ length: effectiveWeight(replica) }, (_, node) => avalanche(first + node));
  },
  takesNearest: true,
};

export const ringRules = { fairlead, nginx, haproxy } as const;
