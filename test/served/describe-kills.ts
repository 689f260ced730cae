import { setTimeout as sleep } from 'node:timers/promises';
import { SigningDoor } from '../backends/signing-door';
import { Dice, seedFrom } from '../dice';
import { Load } from '../safety/load/load';
import { ServerProcess } from '../safety/server';
import { type Deployment, deadLettersOf, deploy } from './deployment';

/**
 * Two processes on one store and one set of queues; every few seconds one of them is killed, or both, and others take
 * their place. By itself a few times; all of it with
 *   STEPWELL_BACKENDS=1 STEPWELL_KILLS=40 node_modules/.bin/jest test/served -t killed
 * and STEPWELL_SEED=N to choose the load of an earlier run.
 */
const KILLS = Number(process.env.STEPWELL_KILLS ?? 4);
const SEED = seedFrom('STEPWELL_SEED');
const PAUSE_MS = [3_000, 6_000] as const;
/** At one kill of so many nobody is left. */
const BOTH_ONE_OF = 3;
const WORKERS = 16;
/** Messages that a dead process had are hidden for two minutes, and may be so more than once. */
const ENDED_MAX_MS = 10 * 60_000;
const SHOWN_MAX = 20;

export function describeKills(): void {
  test(
    'what was acknowledged before one of two processes was killed, or both, is there, once, and everything ends',
    async () => {
      const dice = new Dice(SEED);
      const load = new Load({ workers: WORKERS, endedMaxMs: ENDED_MAX_MS });
      const deployment = await deploy();
      const flags = [...deployment.words, '--no-create', ...(await load.flags())];
      const pair = [await Side.start(flags, deployment), await Side.start(flags, deployment)];
      try {
        load.url = pair[0]!.url;
        await load.begin(dice.fork(), { starters: 4, pauseMost: 400, stopOneOf: 10 });
        let both = 0;
        for (let kill = 1; kill <= KILLS; kill++) {
          await sleep(dice.between(...PAUSE_MS));
          const victim = dice.between(0, 1);
          const isLast = dice.between(1, BOTH_ONE_OF) === 1;
          if (isLast) both++;
          // Clients are at either of them when it goes, and then at the one that stays.
          load.url = pair[dice.between(0, 1)]!.url;
          await pair[victim]!.kill();
          load.url = pair[1 - victim]!.url;
          if (isLast) await pair[1 - victim]!.kill();
          pair[victim] = await Side.start(flags, deployment);
          if (!isLast) continue;
          load.url = pair[victim]!.url;
          pair[1 - victim] = await Side.start(flags, deployment);
        }
        const { violations, events } = await load.finish();
        const dead = await deadLettersOf(deployment);
        const line = `kills of one of two processes: ${KILLS} (${both} of both), ${load.summary}, events: ${events}, dead letters: ${dead}, violations: ${violations.length}, seed: ${SEED}`;
        process.stdout.write(`${[...violations.slice(0, SHOWN_MAX), line].join('\n')}\n`);
        expect(violations.slice(0, SHOWN_MAX)).toEqual([]);
        expect(dead).toBe(0);
        expect(load.ledger.starts.size).toBeGreaterThan(KILLS);
      } finally {
        await load.close();
        await Promise.all(pair.map((side) => side.kill()));
        await deployment.stop();
      }
    },
    ENDED_MAX_MS + 300_000 + KILLS * 20_000,
  );
}

/** A process, and the way for clients that sign nothing. */
class Side {
  private constructor(
    private readonly server: ServerProcess,
    private readonly door: SigningDoor,
    readonly url: string,
  ) {}

  static async start(flags: readonly string[], { credentials }: Deployment): Promise<Side> {
    const { server, url } = await ServerProcess.start({ flags });
    const door = new SigningDoor(new URL(`${url}/`), credentials, 'us-east-1');
    return new Side(server, door, await door.listen());
  }

  async kill(): Promise<void> {
    await this.server.kill();
    this.door.close();
  }
}
