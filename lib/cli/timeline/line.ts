import type { Program } from '../../asl/definition/program';

export type Tone = 'plain' | 'good' | 'bad' | 'pending';

/** What stands in a line. */
export interface TimelineEntry {
  sinceStartMs: number;
  /** Undefined for the execution itself. */
  stateName: string | undefined;
  /** How many Parallel states are around the state. */
  depth: number;
  text: string;
  tone: Tone;
}

const NAME_WIDTH_MIN = 10;
const NAME_WIDTH_MAX = 32;
const NAME_WIDTH_UNKNOWN = 20;
/** Of what is inside a Parallel state; the width has room for two. */
const INDENT = '  ';
const COLOURS: Record<Tone | 'time', string> = { plain: '', good: '32', bad: '31', pending: '33', time: '2' };

/** `   1.023 s  Charge card     retrying in 1 s (retry 1 of 3)` */
export function layOut(entry: TimelineEntry, nameWidth: number, isColoured: boolean): string {
  const paint = (text: string, tone: Tone | 'time') =>
    isColoured && COLOURS[tone] ? `\u001b[${COLOURS[tone]}m${text}\u001b[0m` : text;
  const time = `${(entry.sinceStartMs / 1000).toFixed(3).padStart(8)} s`;
  const name = `${INDENT.repeat(entry.depth)}${entry.stateName ?? ''}`.padEnd(nameWidth);
  return `${paint(time, 'time')}  ${name}  ${paint(entry.text, entry.tone)}`;
}

/** Of the column with the names of states. */
export function nameWidthFor(program: Program | undefined): number {
  if (!program) return NAME_WIDTH_UNKNOWN;
  const states = [...program.states.values()];
  const longest = Math.max(...states.map(({ name }) => name.length));
  const indent = states.some(({ type }) => type === 'Parallel') ? 2 * INDENT.length : 0;
  return Math.min(Math.max(longest + indent, NAME_WIDTH_MIN), NAME_WIDTH_MAX);
}
