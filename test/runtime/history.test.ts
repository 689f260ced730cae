import type { Head } from '../../lib/ports/executions';
import { readHistory } from '../../lib/runtime/history';
import { JournaledRun } from '../engine/journaled-run';
import { machine, pass } from '../engine/scenario';

/** How often others had their turn while a page of so many bytes was made. */
async function pausesFor(input: string, states: number): Promise<number> {
  const chain = Array.from({ length: states }, (_, i) => [`S${i}`, pass({ Next: `S${i + 1}` })]);
  const run = await JournaledRun.start(machine({ ...Object.fromEntries(chain), [`S${states}`]: pass() }), { input });
  let pauses = 0;
  const clock = { sleep: async () => void pauses++ };
  const journal = {
    commitsAt: async (_: string, at: number) => run.commits.filter(({ slot }) => slot >= at * 1_000_000),
  };
  const query = {
    startAt: undefined,
    order: 'up',
    limit: 10_000,
    bytesMax: 1e9,
    sizeOf: () => input.length,
  } as const;
  const page = await readHistory({ clock, journal }, { runId: 'r', startMs: 0 } as Head, query);
  expect(page.events).toHaveLength(run.events.length);
  return pauses;
}

test('others have their turn while a long page is made, and not while a short one is', async () => {
  expect(await pausesFor('{"a":1}', 600)).toBe(0);
  expect(await pausesFor(JSON.stringify('long '.repeat(10_000)), 600)).toBeGreaterThan(1);
});
