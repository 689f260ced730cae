/** What a number, a boolean or null takes (what AWS's limit comes to, reported: see `VALUE_BYTES_MAX`). */
export const BYTES_PER_SCALAR = 8;

/** What has this size has a few parts at most. */
const REMEMBERED_MIN = 8 * BYTES_PER_SCALAR;

/**
 * How large values are, as if each part of them stood there for itself: a document that contains the same part again and
 * again is quickly made, and takes forever to go through.
 */
export class Sizes {
  /** Of documents. */
  private readonly known = new Map<object, number>();
  /** Of what was made of them. */
  private counted = new WeakMap<object, number>();
  /** Their parts are made when they are looked at. */
  private readonly lazy = new WeakSet<object>();
  /** Items and members that were counted so far. */
  looks = 0;

  /** Throws RangeError for what contains itself. */
  of(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return BYTES_PER_SCALAR;
    const known = this.known.get(value) ?? this.counted.get(value);
    if (known !== undefined) return known;
    let size = 0;
    if (Array.isArray(value)) {
      size = this.ofItems(value, 0, value.length);
    } else if (!('_jsonata_lambda' in value || '_jsonata_function' in value)) {
      for (const name in value) {
        this.looks++;
        size += name.length + this.of((value as Record<string, unknown>)[name]);
      }
    }
    // Small ones are counted again: a weak table of a million objects takes a microsecond for each look and more.
    if (size > REMEMBERED_MIN && !this.lazy.has(value)) this.counted.set(value, size);
    return Math.max(size, BYTES_PER_SCALAR);
  }

  /** Of items of a list together. */
  ofItems(list: readonly unknown[], from: number, to: number): number {
    const end = Math.min(to, list.length);
    let size = 0;
    for (let at = from; at < end; at++) {
      const item = list[at];
      size += typeof item === 'number' ? BYTES_PER_SCALAR : this.of(item);
    }
    this.looks += end - from;
    return size;
  }

  isKnown(value: object): boolean {
    return this.known.has(value) || this.counted.has(value);
  }

  /** Of what was counted in pieces. */
  note(value: object, size: number): void {
    this.counted.set(value, size);
  }

  /** Of what stays as it is. */
  remember(value: object, size: number): void {
    if (size > REMEMBERED_MIN) this.known.set(value, size);
  }

  /** What was made is about to be changed. */
  forget(): void {
    this.counted = new WeakMap();
  }

  /** Its parts are counted where they are read, unless all of it is gone through. */
  markLazy(value: object): void {
    this.lazy.add(value);
  }

  isLazy(value: object): boolean {
    return this.lazy.has(value);
  }
}
