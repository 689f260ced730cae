import type { Terminal } from '../terminal';
import type { Outcome } from './apply';

const WORDS = { created: 'created', updated: 'updated', unchanged: 'unchanged', refused: 'refused' };
const PLANNED = { ...WORDS, created: 'to create', updated: 'to update' };
const WIDTH = 10;

/** A line for each thing, and one for each reason why it is refused. */
export function describeOutcome(outcome: Outcome, isDryRun: boolean): string {
  const { action, kind, id, name, differences, reasons } = outcome;
  const word = (isDryRun ? PLANNED : WORDS)[action].padEnd(WIDTH);
  const title = `${word} ${kind} ${name ?? id}${name && name !== id ? ` (${id})` : ''}`;
  if (differences) return `${title}: ${differences.join(', ')}`;
  if (!reasons) return title;
  return reasons.length === 1
    ? `${title}: ${reasons[0]}`
    : [`${title}:`, ...reasons.map((line) => `  ${line}`)].join('\n');
}

/** `2 created, 1 refused`. */
export function summarize(outcomes: readonly Outcome[], isDryRun: boolean): string {
  const words = isDryRun ? PLANNED : WORDS;
  const parts = (Object.keys(words) as Outcome['action'][]).flatMap((action) => {
    const count = outcomes.filter((outcome) => outcome.action === action).length;
    return count > 0 ? [`${count} ${words[action]}`] : [];
  });
  return parts.length > 0 ? parts.join(', ') : 'there is no state machine and no activity in it';
}

export function printJson(outcomes: readonly Outcome[], isDryRun: boolean, terminal: Terminal): void {
  terminal.print(JSON.stringify({ dryRun: isDryRun, outcomes }, null, 2));
}
