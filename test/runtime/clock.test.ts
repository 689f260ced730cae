import { systemClock } from '../../lib/host/system';

/** Executions that compute give way with `sleep(0)`: however many do, requests have their turn after a piece of one. */
test('of all who give way, one goes on in a round of the event loop', async () => {
  let round = 0;
  let isOver = false;
  const count = () => {
    round++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const goneOn: number[] = [];
  const order: number[] = [];
  const compute = async (who: number) => {
    for (let piece = 0; piece < 3; piece++) {
      await systemClock.sleep(0);
      goneOn.push(round);
      order.push(who);
    }
  };
  await Promise.all([0, 1, 2, 3, 4].map(compute));
  isOver = true;
  expect(new Set(goneOn).size).toBe(15);
  expect(order).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

describe('those with a place in line', () => {
  /** The order in which pieces are done: each worker does three. */
  async function orderOf(workers: Record<string, () => Promise<void>>): Promise<string[]> {
    const order: string[] = [];
    const compute = async (name: string, giveWay: () => Promise<void>) => {
      for (let piece = 0; piece < 3; piece++) {
        await giveWay();
        order.push(name);
      }
    };
    await Promise.all(Object.entries(workers).map(([name, giveWay]) => compute(name, giveWay)));
    return order;
  }

  test('end one after the other, in the order of giving way first', async () => {
    const [a, b, c] = [systemClock.placeInLine(), systemClock.placeInLine(), systemClock.placeInLine()];
    expect((await orderOf({ c, a, b })).join('')).toBe('cccaaabbb');
  });

  test('go on in turns with those that have none', async () => {
    const [a, b] = [systemClock.placeInLine(), systemClock.placeInLine()];
    const passing = () => systemClock.sleep(0);
    const order = (await orderOf({ a, x: passing, b, y: passing })).join('');
    expect(order.replace(/[xy]/g, '')).toBe('aaabbb');
    expect(order.replace(/[ab]/g, '')).toBe('xyxyxy');
    expect(order).not.toMatch(/[ab]{2}|[xy]{2}/);
  });
});
