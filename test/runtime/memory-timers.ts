import type { Timer, Timers } from '../../lib/ports/timers';

const MINUTE_MS = 60_000;

/** Timers in memory, which keep the contract; what they do can be refused, and is noted. */
export class MemoryTimers implements Timers {
  readonly standing = new Map<string, Timer>();
  readonly calls: string[] = [];
  refusing: string | undefined;

  constructor(public minute: number) {}

  async add(message: Timer['message'], atMs: number): Promise<void> {
    this.standing.set(keyOf({ message, atMs }), { message, atMs });
  }

  async dueIn(minute: number, limit: number): Promise<Timer[]> {
    this.note('dueIn', String(minute));
    return [...this.standing.values()].filter(({ atMs }) => Math.floor(atMs / MINUTE_MS) === minute).slice(0, limit);
  }

  async remove(timer: Timer): Promise<void> {
    this.note('remove', keyOf(timer));
    this.standing.delete(keyOf(timer));
  }

  async cursor(): Promise<number> {
    return this.minute;
  }

  async moveCursor(minute: number): Promise<void> {
    this.note('moveCursor', String(minute));
    this.minute = Math.max(this.minute, minute);
  }

  private note(call: string, what: string): void {
    if (this.refusing === call) throw new Error(`${call} refused`);
    this.calls.push(`${call} ${what}`);
  }
}

const keyOf = ({ message, atMs }: Timer): string => `${atMs} ${JSON.stringify(message)}`;
