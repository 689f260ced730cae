import { baseOf, decodeEvents, decodeSnapshot, payloadTexts, type StoredCommit } from '../../lib/engine/commit/decode';
import { slotAt } from '../../lib/engine/snapshot';
import type { JournaledRun } from './journaled-run';
import { activity, failed, lambda, machine, parallel, pass, play, succeeded, taken, wait, wound } from './scenario';

/** How commits are stored. That they give back what was held is checked at every turn of every test in this folder. */

const branches = (count: number, state = activity()) => Array.from({ length: count }, (_, i) => ({ [`T${i}`]: state }));

const occurrences = (commits: StoredCommit[], text: string): number[] =>
  commits.map(({ body }) => body.split(text).length - 1);

describe('a step costs the same, however many frames there are', () => {
  /** Sizes of the commits of a worker that takes and ends one task after the other. */
  async function stepSizes(count: number, steps: number): Promise<number[]> {
    const run = await play({ machine: machine({ P: parallel(branches(count)) }) });
    const sizes: number[] = [];
    for (let i = 0; i < steps; i++) {
      await taken(`T${i}`)(run);
      await succeeded('{}', `T${i}`)(run);
      sizes.push(...run.commits.slice(-2).map(({ body }) => body.length));
    }
    return sizes;
  }

  test('a commit in a Parallel of 200 is as small as in one of 50', async () => {
    const [few, many] = [await stepSizes(50, 5), await stepSizes(200, 5)];
    expect(Math.max(...many)).toBeLessThan(1024);
    expect(Math.max(...many) - Math.max(...few)).toBeLessThan(32);
  });

  test('the whole is written again only when the steps since have outgrown it', async () => {
    const run = await play({ machine: machine({ P: parallel(branches(200)) }), checkedOneIn: 50 });
    for (let i = 0; i < 200; i++) {
      await taken(`T${i}`)(run);
      await succeeded('{}', `T${i}`)(run);
    }
    expect(run.status).toBe('SUCCEEDED');
    const whole = run.commits.filter((commit) => baseOf(commit) === commit.slot && commit.body.length > 4096);
    expect(whole.length).toBeGreaterThanOrEqual(2);
    expect(whole.length).toBeLessThanOrEqual(12);
    const written = run.commits.reduce((sum, { body }) => sum + body.length, 0);
    expect(written).toBeLessThan(1024 * run.commits.length);
  });

  test('reading needs no more commits than those since the whole was written', async () => {
    const run = await play({ machine: machine({ P: parallel(branches(60)) }), steps: [taken(), taken(), taken()] });
    expect(baseOf(run.commits.at(-1)!)).toBe(run.commits[0]!.slot);
    expect(run.currentCommits).toHaveLength(4);
    expect(() => decodeSnapshot(run.commits.slice(1))).toThrow('does not hold a snapshot');
  });

  test('a small execution is written whole each time', async () => {
    const run = await play({ machine: machine({ T: lambda() }), steps: [taken()] });
    for (const commit of run.commits) expect(baseOf(commit)).toBe(commit.slot);
  });
});

describe('payloads', () => {
  const long = `"${'long '.repeat(400)}"`;
  const isLoaded = (run: JournaledRun) => [...readBack(run).frames.values()].map(({ input }) => input.isLoaded);
  const readBack = (run: JournaledRun) => decodeSnapshot(run.currentCommits).snapshot;

  test('a long text stands once in a commit, whatever names it', async () => {
    const run = await play({ machine: machine({ P: pass({ Next: 'T' }), T: lambda() }), input: long });
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([1]);
  });

  test('later commits name it', async () => {
    const retry = [{ ErrorEquals: ['E'] }];
    const run = await play({
      machine: machine({ T: lambda({ Retry: retry, ResultPath: null, Next: 'W' }), W: wait({ Seconds: 5 }) }),
      input: long,
      steps: [taken(), failed('E')],
    });
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([1, 0, 0]);
    expect(isLoaded(run)).toEqual([false]);
    expect([...readBack(run).frames.values()][0]!.input.ref).toEqual([slotAt(1, 0), 0]);
    expect(payloadTexts(run.commits[0]!)(0)).toBe(long);
  });

  test('an event never points out of its commit: a text that is shown again stands there again', async () => {
    const run = await play({
      machine: machine({ W: wait({ Seconds: 5, Next: 'T' }), T: lambda() }),
      input: long,
      steps: [wound(5), taken()],
    });
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([1, 1, 0]);
    for (const commit of run.commits) expect(decodeEvents(commit).length).toBeGreaterThan(0);
  });

  test('all branches share the text of their input', async () => {
    const run = await play({ machine: machine({ P: parallel(branches(50)) }), input: long });
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([1]);
    await taken()(run);
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([1, 0]);
  });

  test('a branch that has ended keeps its long output as a name, until the join', async () => {
    const run = await play({
      machine: machine({ P: parallel(branches(2)) }),
      steps: [taken('T0'), taken('T1'), succeeded(long, 'T0'), succeeded('1', 'T1')],
    });
    expect(run.output).toBe(`[${long},1]`);
    expect(occurrences(run.commits, long.slice(1, -1))).toEqual([0, 0, 0, 1, 1]);
  });

  test.each([
    [1024, [true], [1, 0]],
    [1025, [false], [1, 0]],
  ])('of %d characters', async (length, loaded, inTables) => {
    const input = JSON.stringify('x'.repeat(length - 2));
    const run = await play({ machine: machine({ T: lambda() }), input, steps: [taken()] });
    expect(isLoaded(run)).toEqual(loaded);
    const tables = run.commits.map(({ body }) => JSON.parse(body).p as string[]);
    expect(tables.map((texts) => texts.filter((text) => text === input).length)).toEqual(inTables);
  });

  test('an index that a commit does not have is an error, not an empty text', async () => {
    const run = await play({ machine: machine({ T: lambda() }) });
    expect(() => payloadTexts(run.commits[0]!)(9)).toThrow('has no payload 9');
  });
});

describe('event-less commits', () => {
  test('stand between the others, in order, and can be read from', async () => {
    const run = await play({ machine: machine({ T: lambda() }) });
    await run.fence();
    await run.fence();
    expect(run.commits.map(({ slot }) => slot)).toEqual([slotAt(1, 0), slotAt(4, 0), slotAt(4, 1)]);
    expect(run.snapshot.eventlessCommits).toBe(2);
    await taken()(run);
    expect(run.commits.at(-1)!.slot).toBe(slotAt(4, 2));
    expect(run.snapshot.eventlessCommits).toBe(0);
    await succeeded('1')(run);
    expect(run.events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('in the middle of deltas they are deltas', async () => {
    const run = await play({ machine: machine({ P: parallel(branches(60)) }), steps: [taken()] });
    await run.fence();
    expect(run.commits.at(-1)!.body.length).toBeLessThan(200);
    expect(baseOf(run.commits.at(-1)!)).toBe(run.commits[0]!.slot);
    await succeeded('1')(run);
  });
});
