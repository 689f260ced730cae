import type { Effort } from '../effort';
import type { Json } from '../json';
import type { Path } from '../path/grammar';

/** What an evaluation may know: the data that it selects from, and what a pure room cannot have by itself. */
export interface Outside {
  /** What `$` stands for. The text is for causes. */
  input: { readonly value: Json; readonly text: string };
  /** The context object (`$$`), or at least those parts of it that the path reads. */
  context(path: Path): Json;
  /** What a variable holds. */
  variable(name: string): Json | undefined;
  /** In [0, 1). */
  random(): number;
  /** The digest of the text's UTF-8 bytes, in hexadecimal digits. */
  hash(algorithm: HashAlgorithm, text: string): string;
  effort: Effort;
}

export type HashAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** Where the data is null, no path of it is looked at, `$` neither (reported of AWS). */
export const NULL_INPUT = 'Unable to apply Path transformation to null or empty input.';
export const isNullInput = (path: Path, root: Json | undefined): boolean =>
  root === null && path.variable === undefined;

/** Why there is no value: the name of the error, and a cause in AWS's words. */
export class Unresolved {
  constructor(
    readonly error: 'States.Runtime' | 'States.DataLimitExceeded',
    readonly cause: string,
  ) {}
}
