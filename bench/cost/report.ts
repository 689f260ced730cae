import { readFileSync, writeFileSync } from 'node:fs';
import { ASSUMED } from './assumptions';
import { type IdleRow, runningMachine, totalOf, waitingWorker } from './idle';
import type { Line } from './meter';
import list from './prices.json';
import { managedTransition, priceOf, sumOf, type Usage } from './pricing';
import type { Measured, Scenario } from './scenarios';

export interface Row {
  scenario: Scenario;
  /** One execution after the other; many at once. */
  alone: Measured;
  busy: Measured;
}

const MILLION = 1e6;
const MONTH_DAYS = 365 / 12;

const usageOf = ({ lines }: Measured): Usage => sumOf(lines.map(({ usage }) => usage));

/** Dollars for a million state transitions. */
export const costOf = (scenario: Scenario, measured: Measured): number =>
  (priceOf(usageOf(measured)) / scenario.transitions) * MILLION;

export const isOver = ({ scenario, alone, busy }: Row): boolean =>
  scenario.goal !== undefined && Math.max(costOf(scenario, alone), costOf(scenario, busy)) > scenario.goal;

/** Each kind of request of one execution, what it uses, and what a million of them cost. */
export function linesOf(title: string, scenario: Scenario, measured: Measured): string {
  const rows = measured.lines.map(({ what, count, usage }: Line) => {
    const used = Object.entries(usage).map(([unit, amount]) => `${Number(amount.toPrecision(3))} ${unit}`);
    const cost = (priceOf(usage) * MILLION).toFixed(2);
    return `${count.toFixed(1).padStart(7)}  ${what.padEnd(46)} ${cost.padStart(7)}  ${used.join(', ')}`;
  });
  const cost = costOf(scenario, measured).toFixed(2);
  return [`${scenario.title}, ${title}: $${cost} a million transitions`, ...rows].join('\n');
}

/** The tables of docs/cost.md. */
export function tablesOf(rows: readonly Row[], idle: readonly IdleRow[]): string {
  const managed = dollars(managedTransition * MILLION);
  const costs = rows.map(({ scenario, alone, busy }) => [
    scenario.title,
    String(scenario.transitions),
    dollars(costOf(scenario, alone)),
    dollars(costOf(scenario, busy)),
    scenario.goal === undefined ? '' : dollars(scenario.goal),
    managed,
    dollars((priceOf(keptOf(busy)) / scenario.transitions) * MILLION),
  ]);
  const uses = rows.map(({ scenario, busy }) => {
    const used = usageOf(busy);
    const { writeUnits, readUnits, queueRequests, apiRequests, invocations, gbSeconds } = used;
    const amounts = [writeUnits, readUnits, queueRequests, apiRequests, invocations, gbSeconds];
    return [scenario.title, ...amounts.map((amount = 0) => String(Number(amount.toPrecision(3))))];
  });
  const months = [
    ...idle.map(({ title, usage }) => [title, dollars(priceOf(usage))]),
    ['**together**', `**${dollars(priceOf(totalOf(idle)))}**`],
    ['each worker that polls without a break, and gets nothing', dollars(priceOf(waitingWorker()))],
    [
      `each state machine that runs Lambda functions, and the deployment once: ${ASSUMED.machineMetrics} metrics`,
      dollars(priceOf(runningMachine())),
    ],
  ];
  const prices = Object.values(list.prices).map(({ usd, per, unit, source }) => [
    unit,
    per === 1 ? `$${usd}` : `$${usd} a million`,
    `<${source}>`,
  ]);
  return [
    `Dollars for a million state transitions, list prices of ${list.region}, ${list.asOf}:`,
    markdownOf(
      ['an execution of', 'transitions', 'one at a time', 'many at once', 'goal', 'managed service', 'kept 90 days'],
      costs,
    ),
    'What one execution uses, where many run at once:',
    markdownOf(
      ['an execution of', 'write units', 'read units', 'SQS requests', 'API requests', 'invocations', 'GB-seconds'],
      uses,
    ),
    'A month in which nothing runs:',
    markdownOf(['what', 'dollars'], months),
    'The prices:',
    markdownOf(['unit', 'price', 'source'], prices),
  ].join('\n\n');
}

/** Puts the tables into the document, in the place of the last ones. */
export function writeTables(file: string, tables: string): void {
  const place = /(?<=<!-- tables -->\n)[\s\S]*(?=<!-- end of tables -->)/;
  const text = readFileSync(file, 'utf8');
  if (!place.test(text)) throw new Error(`${file} has no place for the tables`);
  writeFileSync(
    file,
    text.replace(place, () => `\n${tables}\n\n`),
  );
}

/** Storage and its backup, until the execution has expired. */
function keptOf({ stored }: Measured): Usage {
  const { headDays, journalDays } = ASSUMED;
  const days: Record<string, number> = { executions: headDays, journal: journalDays };
  let gbMonths = 0;
  for (const [table, bytes] of Object.entries(stored)) {
    gbMonths += (bytes / 1e9) * ((days[table] ?? 0) / MONTH_DAYS);
  }
  return { storedGbMonths: gbMonths, backedUpGbMonths: gbMonths };
}

const dollars = (amount: number): string => amount.toFixed(2);

function markdownOf(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]!.length)));
  const isText = (column: number) => rows.some((cells) => /[a-z]/.test(cells[column]!.replaceAll('*', '')));
  const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const padded = (cell: string, column: number) =>
    isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return [head, rule, ...rows].map((cells) => `| ${cells.map(padded).join(' | ')} |`).join('\n');
}
