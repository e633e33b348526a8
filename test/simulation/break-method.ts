import { vi } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: what breaks a method does not care for its types.
type Broken = (self: any, original: (...args: any[]) => any, args: any[], nth: number) => unknown;

/**
 * Replaces a method of all objects of a class until mocks are restored; `original` is what it was,
 * and `nth` counts its calls.
 */
export function breakMethod(owner: { prototype: object }, name: string, broken: Broken): void {
  const methods = owner.prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[name]!;
  let calls = 0;
  vi.spyOn(methods, name).mockImplementation(function (this: unknown, ...args) {
    return broken(this, original.bind(this), args, ++calls);
  });
}
