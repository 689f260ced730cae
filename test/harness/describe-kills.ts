import { setTimeout as sleep } from 'node:timers/promises';
import { SigningDoor } from '../backends/signing-door';
import { Dice, seedFrom } from '../dice';
import { Load } from '../safety/load/load';
import { Harness, REGION } from './harness';

/**
 * Functions are killed and frozen at random moments under load, on the stack as it is synthesized:
 *   STEPWELL_BACKENDS=1 STEPWELL_KILLS=200 npx jest test/harness
 * and STEPWELL_SEED=N to choose the load of an earlier run.
 */
const KILLS = Number(process.env.STEPWELL_KILLS ?? 20);
const SEED = seedFrom('STEPWELL_SEED');
const PAUSE_MS = [200, 1_400] as const;
/** One of so many is frozen for a while instead. */
const FROZEN_ONE_OF = 8;
const FROZEN_MS = 3_000;
/** Every poll of a worker takes an environment of its own. */
const WORKERS = 8;
/** Messages of a killed worker are hidden for 2 minutes, those that a worker of tasks had not begun with for 15. */
const ENDED_MAX_MS = 40 * 60_000;
const SHOWN_MAX = 20;

export function describeKills(): void {
  test(
    'what was acknowledged before functions were killed is there, once, and everything ends',
    async () => {
      const dice = new Dice(SEED);
      const load = new Load({ workers: WORKERS, endedMaxMs: ENDED_MAX_MS });
      const harness = await Harness.start({ lambdaEndpoint: await load.lambdaEndpoint() });
      const door = new SigningDoor(new URL(`${harness.url}/`), await harness.createKey('AKIALOAD'), REGION);
      try {
        load.url = await door.listen();
        await load.begin(dice.fork(), { starters: 3, pauseMost: 1_200, stopOneOf: 10 });
        const killed = await killSome(harness, load, dice);
        const { violations, events } = await load.finish();
        const deadLetters = await harness.deadLetters();
        const told = Object.entries(killed).map(([name, count]) => `${name} ${count}`);
        const line = `kills: ${KILLS} (${told.join(', ')}), ${load.summary}, events: ${events}, dead letters: ${JSON.stringify(deadLetters)}, violations: ${violations.length}, seed: ${SEED}`;
        process.stdout.write(`${[...violations.slice(0, SHOWN_MAX), line].join('\n')}\n`);
        expect(violations.slice(0, SHOWN_MAX)).toEqual([]);
        expect(Object.values(deadLetters)).toEqual([0, 0, 0]);
        expect(load.ledger.starts.size).toBeGreaterThan(KILLS / 2);
      } finally {
        await load.close();
        door.close();
        await harness.stop();
      }
    },
    ENDED_MAX_MS + 300_000 + KILLS * 5_000,
  );
}

/**
 * Answers how often each function was hit; half of the time it is one that is at work. On a slow machine kills wait for
 * the load: where nothing was started, nothing can be lost.
 */
async function killSome(harness: Harness, load: Load, dice: Dice): Promise<Record<string, number>> {
  const hits: Record<string, number> = {};
  for (let kill = 1; kill <= KILLS; ) {
    await sleep(dice.between(...PAUSE_MS));
    const all = harness.environments;
    const busy = all.filter(({ isBusy }) => isBusy);
    const candidates = busy.length > 0 && dice.between(0, 1) === 1 ? busy : all;
    if (candidates.length === 0 || load.ledger.starts.size <= kill / 2) continue;
    const chosen = dice.pick(candidates);
    if (dice.between(1, FROZEN_ONE_OF) === 1) {
      chosen.freeze();
      setTimeout(() => chosen.thaw(), FROZEN_MS);
      continue;
    }
    chosen.kill();
    const name = chosen.settings.name;
    hits[name] = (hits[name] ?? 0) + 1;
    kill++;
  }
  return hits;
}
