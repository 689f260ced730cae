/** What a number, a boolean or null takes (what AWS's limit comes to, reported: see `VALUE_BYTES_MAX`). */
export const BYTES_PER_SCALAR = 8;

/**
 * How large values are, as if each part of them stood there for itself: a document that contains the same part again and
 * again is quickly made, and takes forever to go through.
 */
export class Sizes {
  private readonly known = new WeakMap<object, number>();

  of(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return BYTES_PER_SCALAR;
    const known = this.known.get(value);
    if (known !== undefined) return known;
    // What contains itself is never asked for: a value is made of values that were there before.
    this.known.set(value, BYTES_PER_SCALAR);
    let size = 0;
    if (Array.isArray(value)) for (let at = 0; at < value.length; at++) size += this.of(value[at]);
    else if (!('_jsonata_lambda' in value || '_jsonata_function' in value)) {
      for (const name in value) size += name.length + this.of((value as Record<string, unknown>)[name]);
    }
    this.known.set(value, Math.max(size, BYTES_PER_SCALAR));
    return Math.max(size, BYTES_PER_SCALAR);
  }

  remember(value: object, size: number): void {
    this.known.set(value, size);
  }
}
