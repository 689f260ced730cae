import type { RE2JS } from 're2js';
import type { Pieces } from '../pieces';
import { type Evaluation, Stopped, tooLong } from './evaluation';
import { regexLibrary } from './library';
import { isLiteral, type Places, searchRegex } from './regex-search';

/** Patterns as the parser found them, compiled once. */
const compiled = new WeakMap<RegExp, RE2JS>();

/** Throws where the pattern looks around or back, which no matching in linear time can do. */
export function compileRegex(pattern: RegExp): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const { compile, CASE_INSENSITIVE, MULTILINE } = regexLibrary();
  const flags = (pattern.ignoreCase ? CASE_INSENSITIVE : 0) | (pattern.multiline ? MULTILINE : 0);
  const regex = compile.call(regexLibrary(), pattern.source, flags);
  compiled.set(pattern, regex);
  return regex;
}

/** A look for a match that has taken a while: whoever may, does the rest with pauses and asks again. */
export class Postponed extends Stopped {
  constructor(readonly rest: Pieces<void>) {
    super(Stopped.tooLong);
  }
}

const LOOK_STEPS = 100;
/** A text is found in another at 32 characters a step and more. */
const LITERAL_SHIFT = 5;
/** Pieces of a look that nobody can postpone: 40 ms at most. */
const PIECES_MAX = 8;

interface Ahead {
  text: string;
  from: number;
  places: Places | undefined;
}

/** What jsonata uses of a RegExp. `evaluation` counts what its looks take. */
export class LinearRegex {
  lastIndex = 0;
  private readonly regex: RE2JS;
  private ahead: Ahead | undefined;

  constructor(
    pattern: RegExp,
    private readonly evaluation: Evaluation,
  ) {
    this.regex = compileRegex(pattern);
  }

  exec(text: string): (string[] & { index: number }) | null {
    const places = this.look(text, this.lastIndex);
    if (!places) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = places[1]!;
    const groups: (string | undefined)[] = [];
    // A group that took no part is undefined, as in JavaScript.
    for (let at = 0; at < places.length; at += 2) {
      groups.push(places[at]! < 0 ? undefined : text.slice(places[at], places[at + 1]));
    }
    return Object.assign(groups as string[], { index: places[0]! });
  }

  private look(text: string, from: number): Places | undefined {
    const { ahead, evaluation } = this;
    this.ahead = undefined;
    if (ahead?.from === from && ahead.text === text) return ahead.places;
    evaluation.spend(LOOK_STEPS);
    if (isLiteral(this.regex)) return this.lookForLiteral(text, from);
    const search = searchRegex(this.regex, text, from, (steps) => evaluation.spend(steps));
    for (let pieces = 0; pieces < PIECES_MAX; pieces++) {
      const { done, value } = search.next();
      if (done) return value;
      if (evaluation.mayPostpone) throw new Postponed(this.goOn(search, text, from));
    }
    throw tooLong();
  }

  private lookForLiteral(text: string, from: number): Places | undefined {
    const { prefix } = this.regex.re2();
    const at = from > text.length ? -1 : text.indexOf(prefix, from);
    this.evaluation.spend(Math.max((at < 0 ? text.length : at) - from, 0) >> LITERAL_SHIFT);
    return at < 0 ? undefined : [at, at + prefix.length];
  }

  private *goOn(search: Pieces<Places | undefined>, text: string, from: number): Pieces<void> {
    yield;
    this.ahead = { text, from, places: yield* search };
  }
}
