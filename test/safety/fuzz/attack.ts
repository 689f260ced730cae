import type fc from 'fast-check';
import type { Target } from './target';

export interface Attack<T> {
  what: fc.Arbitrary<T>;
  /** Sends it. Throws Offence, if only what `Target.send` throws. */
  run(target: Target, what: T): Promise<void>;
  /** For the report: what was sent, so that it can be sent again. */
  show?(what: T): string;
}
