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
