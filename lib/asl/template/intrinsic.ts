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

/** An intrinsic function does not take its arguments: States.IntrinsicFailure. Stays in this room. */
export class IntrinsicError extends Error {}

export function textAt(values: Json[], index: number): string {
  const value = values[index];
  if (typeof value === 'string') return value;
  throw new IntrinsicError(`Argument ${index + 1} must be a string`);
}

export function arrayAt(values: Json[], index: number): Json[] {
  const value = values[index];
  if (Array.isArray(value)) return value;
  throw new IntrinsicError(`Argument ${index + 1} must be an array`);
}

/** Rounded to the nearest whole number, a half up (recorded on AWS: -1.5 is -1). */
export function wholeAt(values: Json[], index: number): number {
  const value = values[index];
  if (isNumber(value)) return Math.round(numberOf(value)) + 0;
  throw new IntrinsicError(`Argument ${index + 1} must be a number`);
}
