import type { Option, Settings } from './options';
import type { Terminal } from './terminal';

/** A command of `stepwell`: what its help says of it, and what it does. */
export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** More, for its own help: paragraphs. */
  about: readonly string[];
  /** What stands behind its name beside options. */
  operands: { name: string; least: number; most: number } | undefined;
  options: readonly Option[];
  /** Commands that can be pasted, each with what it is good for. */
  examples: readonly { purpose: string; command: string }[];
  /** Exit statuses, with what each says. */
  statuses: readonly (readonly [status: number, meaning: string])[];
  /** Answers the exit status. Throws Refusal. */
  run(settings: Settings, operands: readonly string[], terminal: Terminal): Promise<number>;
}
