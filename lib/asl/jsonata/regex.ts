import type { RE2JS } from 're2js';
import { regexLibrary } from './library';

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

/** What jsonata uses of a RegExp. */
export class LinearRegex {
  lastIndex = 0;
  private readonly regex: RE2JS;
  private matcher: ReturnType<RE2JS['matcher']> | undefined;
  private text: string | undefined;

  constructor(pattern: RegExp) {
    this.regex = compileRegex(pattern);
  }

  exec(text: string): (string[] & { index: number }) | null {
    if (this.text !== text || !this.matcher) {
      this.text = text;
      this.matcher = this.regex.matcher(text);
    }
    if (!this.matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const found: (string | null)[] = [];
    for (let group = 0; group <= this.matcher.groupCount(); group++) found.push(this.matcher.group(group));
    const index = this.matcher.start();
    this.lastIndex = this.matcher.end();
    // A group that took no part is undefined, as in JavaScript.
    const groups = found.map((group) => group ?? undefined) as string[];
    return Object.assign(groups, { index });
  }
}
