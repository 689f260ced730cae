import type { Timer, Timers } from '../../lib/ports/timers';
import { callFrom } from './link';
import type { SimulatedProcess } from './process';
import type { World } from './world';

const MINUTE_MS = 60_000;

/** Timers as a table keeps them: each an item, and an item that says where those who look for them begin. */
export class SimulatedTimers {
  private readonly timers = new Map<string, Timer>();
  private minute: number;

  constructor(private readonly world: World) {
    this.minute = Math.floor(world.nowMs / MINUTE_MS);
  }

  get isEmpty(): boolean {
    return this.timers.size === 0;
  }

  portOf(process: SimulatedProcess): Timers {
    const { world } = this;
    const call = <T>(point: string, timer: Timer | undefined, isWrite: boolean, effect: () => T) =>
      callFrom(world, process, { point: `timers.${point}`, runId: timer && runIdOf(timer), isWrite }, effect);
    return {
      add: (message, atMs) => call('add', { message, atMs }, true, () => this.add({ message, atMs })),
      dueIn: (minute, limit) =>
        call('dueIn', undefined, false, () =>
          [...this.timers.values()].filter(({ atMs }) => Math.floor(atMs / MINUTE_MS) === minute).slice(0, limit),
        ),
      remove: (timer) =>
        call('remove', timer, true, () => {
          if (this.timers.delete(keyOf(timer))) world.underWay--;
        }),
      cursor: () => call('cursor', undefined, false, () => this.minute),
      moveCursor: (minute) =>
        call('moveCursor', undefined, true, () => {
          this.minute = Math.max(this.minute, minute);
        }),
    };
  }

  private add(timer: Timer): void {
    const key = keyOf(timer);
    if (this.timers.has(key)) this.world.count('a timer is added again');
    else this.world.underWay++;
    this.timers.set(key, timer);
    if (timer.atMs < this.minute * MINUTE_MS) this.world.count('a timer is added behind the cursor');
  }
}

const runIdOf = ({ message }: Timer): string | undefined =>
  message.type === 'delete-machine' ? undefined : message.run.runId;

const keyOf = ({ message, atMs }: Timer): string => `${atMs} ${JSON.stringify(message)}`;
