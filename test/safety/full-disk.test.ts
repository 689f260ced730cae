import { setTimeout as sleep } from 'node:timers/promises';
import { Dice, seedFrom } from '../dice';
import { NotPossible, PLACES, type Place } from './full-disk/places';
import { Load } from './load/load';
import { ServerProcess } from './server';
import { executionArn, machineArn, WireClient } from './wire';

/**
 * The store cannot be written for a while, under load. By itself once in each way; all of it with
 *   STEPWELL_OUTAGES=10 node_modules/.bin/jest test/safety/full-disk.test.ts
 * A way that this machine does not allow is named, and counts as not run.
 */
const OUTAGES = Number(process.env.STEPWELL_OUTAGES ?? 1);
const OUTAGE_MS: [number, number] = process.env.STEPWELL_OUTAGES ? [500, 8000] : [800, 1200];
const SEED = seedFrom('STEPWELL_SEED');
const PROBE_EVERY_MS = 20;
const RECOVERED_MAX_MS = 60_000;
const SHOWN_MAX = 20;

const ran: string[] = [];
const notRun: string[] = [];

test.concurrent.each(Object.keys(PLACES))(
  '%s: ServiceUnavailable while it lasts, nothing is lost, and all goes on after it',
  async (title) => {
    const place = openPlace(title);
    if (!place) return;
    const load = new Load();
    const { server, url } = await ServerProcess.start({ flags: ['--data', place.folder, ...(await load.flags())] });
    const pid = server.child.pid!;
    try {
      const dice = new Dice(SEED);
      load.url = url;
      await load.begin(dice.fork(), { starters: 4, pauseMost: 60, stopOneOf: 10 });
      const tally = new Tally();
      for (let outage = 1; outage <= OUTAGES; outage++) {
        await sleep(dice.between(800, 1600));
        await waitOut(place, pid, url, load, tally, dice.between(...OUTAGE_MS));
      }
      await sleep(500);
      const { violations, events } = await load.finish();
      ran.push(
        `${title}: outages: ${OUTAGES}, ${tally.summary}, ${load.summary}, events: ${events}, violations: ${violations.length}`,
      );
      expect([...tally.surprises, ...violations].slice(0, SHOWN_MAX)).toEqual([]);
      expect(tally.writesRefused).toBeGreaterThan(0);
      expect(tally.readsAnswered).toBeGreaterThan(0);
      expect(server.isRunning).toBe(true);
    } finally {
      await load.close();
      await server.kill();
      place.remove();
    }
  },
  300_000 + OUTAGES * 30_000,
);

afterAll(() => {
  const lines = [...ran, ...notRun.map((reason) => `NOT RUN: ${reason}`)];
  const end = `disk: ${ran.length} of ${Object.keys(PLACES).length} ways run, ${notRun.length} not run, seed: ${SEED}`;
  process.stdout.write(`${[...lines, end].join('\n')}\n`);
});

function openPlace(title: string): Place | undefined {
  try {
    return PLACES[title]!();
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
    notRun.push(`${title}: ${error.message}`);
    return undefined;
  }
}

/** What a client that does not try again sees during an outage. */
class Tally {
  writes = 0;
  writesRefused = 0;
  readsAnswered = 0;
  readsRefused = 0;
  readonly surprises: string[] = [];

  get summary(): string {
    return `writes refused: ${this.writesRefused}, reads answered: ${this.readsAnswered}, reads refused: ${this.readsRefused}`;
  }
}

/** Takes the place away, asks all the while, gives it back, and waits for the next start that succeeds. */
async function waitOut(place: Place, pid: number, url: string, load: Load, tally: Tally, lengthMs: number) {
  const client = new WireClient(url);
  const begunMs = Date.now();
  place.take(pid);
  try {
    while (Date.now() < begunMs + lengthMs || tally.writesRefused === 0) {
      await askToWrite(client, tally);
      await askToRead(client, load, tally);
      await sleep(PROBE_EVERY_MS);
      if (Date.now() > begunMs + RECOVERED_MAX_MS) throw new Error('nothing is refused: the outage is none');
    }
  } finally {
    place.giveBack(pid);
  }
  const backMs = Date.now();
  while (!(await askToWrite(client, tally))) {
    if (Date.now() > backMs + RECOVERED_MAX_MS) throw new Error('starts are refused for ever');
    await sleep(PROBE_EVERY_MS);
  }
  client.close();
}

/** Whether it was done. */
async function askToWrite(client: WireClient, tally: Tally): Promise<boolean> {
  const { status, body } = await client.call('CreateActivity', { name: `probe-${++tally.writes}` });
  if (status === 503 && /#ServiceUnavailable(Exception)?$/.test(body.__type)) tally.writesRefused++;
  else if (status !== 200) tally.surprises.push(`a write is answered ${status} ${JSON.stringify(body)}`);
  return status === 200;
}

async function askToRead(client: WireClient, { ledger }: Load, tally: Tally): Promise<void> {
  const started = [...ledger.starts.values()];
  const { machine, name } = started[Math.floor(Math.random() * started.length)]!;
  for (const [action, input] of [
    ['DescribeExecution', { executionArn: executionArn(machine, name) }],
    ['GetExecutionHistory', { executionArn: executionArn(machine, name) }],
    ['ListExecutions', { stateMachineArn: machineArn(machine), maxResults: 10 }],
    ['DescribeStateMachine', { stateMachineArn: machineArn(machine) }],
  ] as const) {
    const { status, body } = await client.call(action, input);
    if (status === 200) tally.readsAnswered++;
    else if (status === 503) tally.readsRefused++;
    else tally.surprises.push(`${action} is answered ${status} ${JSON.stringify(body)}`);
  }
}
