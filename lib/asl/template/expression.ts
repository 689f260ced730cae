import type { Json } from '../json';
import type { Path } from '../path/grammar';
import type { Intrinsic } from './intrinsic';

/** What computes a value while an execution runs: a path, or an intrinsic function over others. */
export type Expression = { kind: 'path'; path: Path } | Call;

export interface Call {
  kind: 'call';
  name: string;
  /** As it stands in the definition: causes quote it. */
  text: string;
  intrinsic: Intrinsic;
  arguments: readonly Argument[];
}

export type Argument = Expression | { kind: 'literal'; value: Json; raw: string | undefined };
