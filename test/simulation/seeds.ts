import { CRASH_POINTS } from './crash-points';
import type { Mix } from './mixes';
import { simulate } from './scenario';

/**
 * A batch of seeds, as its own process: `node seeds.js FROM COUNT STEP STOP [MIX]`. Prints one line of JSON at the end;
 * with STOP=1 it ends at the first seed that finds something. MIX, in JSON: what goes wrong in all of them.
 */
async function main(): Promise<void> {
  const [from = 1, count = 1, step = 1, isStopping = 0] = process.argv.slice(2, 6).map(Number);
  const mix: Mix | undefined = process.argv[6] === undefined ? undefined : JSON.parse(process.argv[6]);
  const counts = new Map<string, number>();
  const failures: { seed: number; violations: string[] }[] = [];
  let seeds = 0;
  for (let seed = from; seed < from + count * step; seed += step) {
    const outcome = await simulate(seed, false, mix);
    seeds++;
    for (const [what, times] of outcome.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    if (outcome.violations.length > 0) {
      failures.push({ seed, violations: outcome.violations.map(({ text }) => text) });
      if (isStopping) break;
    }
  }
  process.stdout.write(
    `${JSON.stringify({ seeds, counts: Object.fromEntries(counts), failures, crashPoints: CRASH_POINTS })}\n`,
  );
}

// What waits for ever in a simulated world that is over does not hold the process: there are no timers in it.
void main();
