import { isNumber, type Json, numberOf } from '../json';
import type { Outside } from './outside';

export interface Intrinsic {
  /** How many arguments: at least, at most. */
  takes: readonly [number, number];
  /**
   * Throws IntrinsicError for arguments that it does not take. `raw` is the first argument as it is written in the
   * definition, where it is a text there.
   */
  apply(values: Json[], tools: Tools, raw?: string): Json;
}

export type Tools = Pick<Outside, 'random' | 'hash' | 'effort'>;

/** An intrinsic function does not take its arguments. `reason`: where AWS says more than that. Stays in this room. */
export class IntrinsicError extends Error {
  constructor(readonly reason?: string) {
    super();
  }
}

export function textAt(values: Json[], index: number): string {
  const value = values[index];
  if (typeof value === 'string') return value;
  throw new IntrinsicError();
}

export function arrayAt(values: Json[], index: number): Json[] {
  const value = values[index];
  if (Array.isArray(value)) return value;
  throw new IntrinsicError();
}

/** Without its fraction (reported of AWS, whose documentation says that it is rounded). */
export function wholeAt(values: Json[], index: number): number {
  return Math.trunc(numberAt(values, index)) + 0;
}

export function numberAt(values: Json[], index: number): number {
  const value = values[index];
  if (isNumber(value)) return numberOf(value);
  throw new IntrinsicError();
}
