import type { ReplicaView } from '../strategy.ts';

/** Something worked out once for each replica from its name. */
export class PerName<Value> {
  readonly #make: (replica: ReplicaView) => Value;
  readonly #names: (string | undefined)[] = [];
  readonly #values: Value[] = [];

  constructor(make: (replica: ReplicaView) => Value) {
    this.#make = make;
  }

  of(replica: ReplicaView): Value {
    const { index, name } = replica;
    if (this.#names[index] !== name) this.#add(replica);
    return this.#values[index]!;
  }

  #add(replica: ReplicaView): void {
    const value = this.#make(replica);
    // Without holes, which would make every access slower.
    while (this.#names.length <= replica.index) {
      this.#names.push(undefined);
      this.#values.push(value);
    }
    this.#names[replica.index] = replica.name;
    this.#values[replica.index] = value;
  }
}

export function bytesOfName({ name }: ReplicaView): Uint8Array {
  return new TextEncoder().encode(name);
}
