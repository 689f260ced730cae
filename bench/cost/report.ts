import { priceOf, sumOf } from './pricing';
import type { Measured, Scenario } from './scenarios';

/** Each kind of request of one execution, what it uses and what a million of them cost. */
export function linesOf(scenario: Scenario, atOnce: number, { lines, stored }: Measured): string {
  const total = (priceOf(sumOf(lines.map(({ usage }) => usage))) / atOnce / scenario.transitions) * 1e6;
  const rows = lines.map(({ what, count, usage }) => {
    const used = Object.entries(usage).map(([unit, amount]) => `${(amount / atOnce).toPrecision(3)} ${unit}`);
    return `  ${(count / atOnce).toFixed(1).padStart(6)}  ${what.padEnd(50)} $${((priceOf(usage) / atOnce) * 1e6).toFixed(2).padStart(6)}  ${used.join(', ')}`;
  });
  return [`${scenario.title}, ${atOnce} at once: $${total.toFixed(2)} a million transitions; stored ${JSON.stringify(stored)}`, ...rows].join('\n');
}
