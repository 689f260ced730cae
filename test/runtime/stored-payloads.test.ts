import { FIRST_SLOT } from '../../lib/engine/snapshot';
import type { AdvanceMessage } from '../../lib/ports/queue';
import { machine, pass, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** What is long is read when a state looks into it. */
let shared: SharedStore;
let nowMs: number;
let reads: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  shared = await openSharedStore(() => nowMs, { advance: { send: async () => {} } });
  const { journal } = shared.runtime.ports;
  const { range } = journal;
  journal.range = (...words) => {
    reads++;
    return range(...words);
  };
});

afterEach(() => shared.close());

async function turn(message: AdvanceMessage): Promise<void> {
  reads = 0;
  await shared.runtime.advance.handle({
    message,
    receiveCount: 1,
    leaseUntilMs: nowMs + 60_000,
    extend: async () => {},
  });
  nowMs += 2_000;
}

test('variables of one commit are read together', async () => {
  const names = Array.from({ length: 20 }, (_, at) => `v${at}`);
  const long = (name: string) => `${name} `.repeat(500);
  const assigned = (half: number) =>
    Object.fromEntries(names.filter((_, at) => at % 2 === half).map((name) => [name, long(name)]));
  const { run } = await shared.start(
    machine({
      A: pass({ Assign: assigned(0), Next: 'W1' }),
      W1: wait({ Seconds: 1, Assign: assigned(1), Next: 'W2' }),
      W2: wait({ Seconds: 1, Next: 'W3' }),
      W3: wait({ Seconds: 1, Next: 'R' }),
      R: pass({ Parameters: Object.fromEntries(names.map((name) => [`${name}.$`, `$${name}`])) }),
    }),
  );
  const { runs } = shared.runtime;
  await turn({ type: 'advance', run, from: FIRST_SLOT });
  for (let waits = 0; waits < 3; waits++) {
    const { snapshot } = (await runs.peek(run.runId))!;
    await turn({ type: 'wake', run, from: snapshot.alarm!.since });
  }
  expect(reads).toBe(2);
  const { output } = (await runs.peek(run.runId))!.snapshot.end!;
  expect(output!.value).toEqual(new Map(names.map((name) => [name, long(name)])));
});
