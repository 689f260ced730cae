import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice, seedFrom } from '../dice';
import { Load } from './load/load';
import { ServerProcess } from './server';

/**
 * The server is killed at random moments under load, on one folder. By itself a few times; all of it with
 *   STEPWELL_KILLS=100 node_modules/.bin/jest test/safety/kill.test.ts
 * and STEPWELL_SEED=N to choose the moments and the load of an earlier run.
 */
const KILLS = Number(process.env.STEPWELL_KILLS ?? 3);
const SEED = seedFrom('STEPWELL_SEED');
/** Counted from the start of the process, so some die before they listen. */
const LIFE_MS = [20, 2000] as const;
const SHOWN_MAX = 20;

test(
  'what was acknowledged before a kill is there after it, once, and everything ends',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepwell-kill-'));
    const dice = new Dice(SEED);
    const load = new Load();
    const settings = { flags: ['--data', folder, ...(await load.flags())] };
    let server = new ServerProcess(settings);
    try {
      load.url = await server.ready;
      await load.begin(dice.fork(), { starters: 8, pauseMost: 60, stopOneOf: 10 });
      let duringStart = 0;
      for (let kill = 1; kill <= KILLS; kill++) {
        await sleep(dice.between(...LIFE_MS));
        // One that ended by itself has a reason, which is not ours.
        if (!server.isRunning) throw new Error(`the server ended by itself: ${server.complaints.join('\n')}`);
        if (await hasListened(server)) load.url = await server.ready;
        else duringStart++;
        await server.kill();
        server = new ServerProcess(settings);
        void server.ready.then(
          (url) => {
            load.url = url;
          },
          () => {},
        );
      }
      await server.ready;
      const { violations, events } = await load.finish();
      const line = `kills: ${KILLS} (${duringStart} during start), ${load.summary}, events: ${events}, violations: ${violations.length}, seed: ${SEED}`;
      process.stdout.write(`${[...violations.slice(0, SHOWN_MAX), line].join('\n')}\n`);
      expect(violations.slice(0, SHOWN_MAX)).toEqual([]);
      expect(load.ledger.starts.size).toBeGreaterThan(KILLS);
    } finally {
      await load.close();
      await server.kill();
      rmSync(folder, { recursive: true });
    }
  },
  300_000 + KILLS * 10_000,
);

const hasListened = (server: ServerProcess): Promise<boolean> =>
  Promise.race([server.ready.then(() => true), new Promise<boolean>((no) => setImmediate(no, false))]);
