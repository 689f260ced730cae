import type { Pieces } from '../pieces';
import { isFunction } from './library';

/** What a number, a boolean or null takes (what AWS's limit comes to, reported: see `VALUE_BYTES_MAX`). */
export const BYTES_PER_SCALAR = 8;

/** What has this size has a few parts at most. */
const REMEMBERED_MIN = 8 * BYTES_PER_SCALAR;

/** What has fewer items and members that are to be counted is counted each time. */
const AGAIN_MAX = 8;

const CONTAINERS_REMEMBERED_MIN = 100;

/**
 * How large values are, as if each part of them stood there for itself: a document that contains the same part again and
 * again is quickly made, and takes forever to go through.
 */
export class Sizes {
  /** Of documents. */
  private readonly known = new Map<object, number>();
  /** Of what was made of them. */
  private counted = new WeakMap<object, number>();
  private containers = new WeakMap<object, number>();
  /** Of the value whose containers were counted last, how many are in such as are remembered. */
  private remembered = 0;
  /** Their parts are made when they are looked at. */
  private readonly lazy = new WeakSet<object>();
  /** Items and members that were counted so far. */
  looks = 0;
  /** Of what was counted last: items and members that are looked at when that is done again. */
  private again = 0;

  /** Throws RangeError for what contains itself. */
  of(value: unknown): number {
    if (typeof value === 'object' && value !== null) return this.ofContainer(value);
    this.again = 0;
    return typeof value === 'string' ? value.length : BYTES_PER_SCALAR;
  }

  private ofContainer(value: object): number {
    this.again = 0;
    const known = this.known.get(value) ?? this.counted.get(value);
    if (known !== undefined) return known;
    let size = 0;
    let again = 0;
    if (Array.isArray(value)) {
      this.looks += value.length;
      for (let at = 0; at < value.length; at++) {
        size += this.of(value[at]);
        again += 1 + this.again;
      }
    } else if (!isFunction(value)) {
      for (const name in value) {
        this.looks++;
        size += name.length + this.of((value as Record<string, unknown>)[name]);
        again += 1 + this.again;
      }
    }
    size = Math.max(size, BYTES_PER_SCALAR);
    // Others are counted again: a weak table of a million objects takes a microsecond for each look and more.
    const isRemembered = again > AGAIN_MAX && !this.lazy.has(value);
    if (isRemembered) this.counted.set(value, size);
    this.again = isRemembered ? 0 : again;
    return size;
  }

  /** The same for a list that was made just now, in pieces of so many items and members. */
  *ofInPieces(list: readonly unknown[], pieceLooks: number): Pieces<void> {
    let size = 0;
    let restAt = this.looks + pieceLooks;
    this.looks += list.length;
    for (let at = 0; at < list.length; at++) {
      const item = list[at];
      size += typeof item === 'number' ? BYTES_PER_SCALAR : this.of(item);
      if (this.looks - list.length + at < restAt) continue;
      yield;
      restAt = this.looks - list.length + at + pieceLooks;
    }
    this.counted.set(list, size);
  }

  /**
   * What it takes to go through lists and objects in it, itself among them, as if each stood there for itself: a list
   * counts once, an object twice. About `most` where it is more.
   */
  containersIn(value: object, most: number): number {
    const known = this.containers.get(value);
    this.remembered = known ?? 0;
    if (known !== undefined) return known;
    let count = 1;
    let remembered = 0;
    let parts: readonly unknown[];
    if (Array.isArray(value)) parts = value;
    else {
      if (isFunction(value)) return 1;
      parts = Object.values(value);
      count = 2;
    }
    for (let at = 0; at < parts.length && count <= most; at++) {
      const part = parts[at];
      if (typeof part !== 'object' || part === null) continue;
      count += this.containersIn(part, most - count);
      remembered += this.remembered;
    }
    const isRemembered = Math.max(count - remembered, parts.length) > CONTAINERS_REMEMBERED_MIN && count <= most;
    if (isRemembered) this.containers.set(value, count);
    this.remembered = isRemembered ? count : remembered;
    return count;
  }

  isKnown(value: object): boolean {
    return this.known.has(value) || this.counted.has(value);
  }

  /** Of what stays as it is. */
  remember(value: object, size: number): void {
    if (size > REMEMBERED_MIN) this.known.set(value, size);
  }

  /** What was made is about to be changed. */
  forget(): void {
    this.counted = new WeakMap();
    this.containers = new WeakMap();
  }

  /** Its parts are counted where they are read, unless all of it is gone through. */
  markLazy(value: object): void {
    this.lazy.add(value);
  }

  isLazy(value: object): boolean {
    return this.lazy.has(value);
  }
}
