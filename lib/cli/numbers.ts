import type { Settings } from './options';
import { BadSetting } from './refusal';

/** A whole number that an option gives. Throws BadSetting. */
export function readNumber(settings: Settings, flag: string, least: number, most: number): number {
  const text = settings.text(flag)!;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `not below ${least}` : `from ${least} to ${most}`;
  throw new BadSetting(`${settings.nameOf(flag)} is "${text}"; give a whole number ${range}.`);
}
