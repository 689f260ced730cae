import { PIECE_CHARACTERS } from '../../lib/asl/pieces';
import type { Clock } from '../../lib/ports/clock';
import type { Registry } from '../../lib/ports/registry';
import { Programs } from '../../lib/runtime/programs';

const ref = { machineName: 'm', machineId: 'id', revision: 1 };
const definition = JSON.stringify({ StartAt: 'S', States: { S: { Type: 'Succeed' } } });
/** Counts how often others have their turn. */
let pauses = 0;
const clock = { sleep: async () => void pauses++ } as unknown as Clock;

/** A store that answers when it is told to. */
function store() {
  const waiting: ((found: unknown) => void)[] = [];
  const registry = { revision: () => new Promise((found) => waiting.push(found)) } as unknown as Registry;
  const answer = (found: unknown) => {
    for (const resolve of waiting) resolve(found);
  };
  return { programs: new Programs(registry, clock), waiting, answer };
}

test('a revision that many ask for at once is read and parsed once', async () => {
  const { programs, waiting, answer } = store();
  const asked = [programs.get(ref), programs.get(ref), programs.get(ref)];
  expect(waiting.length).toBe(1);
  answer({ definition, settings: {} });
  const [first, ...others] = await Promise.all(asked);
  for (const other of others) expect(other).toBe(first);
  expect(programs.get(ref)).toBe(first);
});

test('one that could not be read is read again by the next who asks', async () => {
  const { programs, waiting, answer } = store();
  const asked = programs.get(ref);
  answer(undefined);
  await expect(asked).rejects.toThrow('no definition id#1');
  const again = programs.get(ref);
  expect(waiting.length).toBe(2);
  answer({ definition, settings: {} });
  await expect(again).resolves.toMatchObject({ startAt: 'S' });
});

test('others have their turn while a large definition is read, and not for a small one', async () => {
  const large = definition.replace('{', `{"Comment":[${Array(50_000).fill('"x"').join(',')}],`);
  for (const [text, expected] of [
    [definition, 0],
    [large, Math.floor(large.length / PIECE_CHARACTERS)],
  ] as const) {
    const { programs, answer } = store();
    pauses = 0;
    const asked = programs.get(ref);
    answer({ definition: text, settings: {} });
    await expect(asked).resolves.toMatchObject({ startAt: 'S' });
    expect(pauses).toBe(expected);
  }
});
