import type { Clock } from '../ports/clock';
import type { AdvanceMessage } from '../ports/queue';
import type { Timer, Timers } from '../ports/timers';

const MINUTE_MS = 60_000;
/** A queue holds messages back for so long: whatever is due by then is sent. Nothing nearer is added to the timers. */
const AHEAD_MS = 15 * MINUTE_MS;
/**
 * A minute is passed over for good when it is this old. Timers are added a quarter of an hour ahead, so one would have
 * to be under way for 25 minutes, less what the clocks differ by, to land in it; its sender sends that one itself.
 */
const PASSED_AFTER_MS = 10 * MINUTE_MS;
const MINUTES_AT_ONCE = 4;
const PAGE = 100;

export interface MovedTimers {
  sent: number;
  /** Minutes that could not be emptied. */
  failed: number;
  /** Whether it came to the end in its time. */
  isDone: boolean;
  /** Before it, nothing waits. */
  cursorMs: number;
}

/**
 * Moves timers to the queue once they are near: sends first, removes second, so that one whose mover dies is sent again.
 * Any number may do it at once, by clocks that differ by minutes.
 */
export class TimerMover {
  constructor(
    private readonly timers: Timers,
    private readonly clock: Clock,
    /** Sends a message that is due within 15 minutes. */
    private readonly sendDue: (message: AdvanceMessage, atMs: number) => Promise<void>,
    /** Told why a minute could not be emptied. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** To be called every minute. Goes on where it stopped when it was not done by `untilMs`. */
  async move(untilMs: number): Promise<MovedTimers> {
    const nowMs = this.clock.nowMs();
    // Those of whole minutes: none has to wait for longer than a queue can.
    const endMinute = minuteOf(nowMs + AHEAD_MS);
    const passable = minuteOf(nowMs - PASSED_AFTER_MS);
    const cursor = await this.timers.cursor();
    const moved: MovedTimers = { sent: 0, failed: 0, isDone: true, cursorMs: cursor * MINUTE_MS };
    let passed = cursor;
    for (let minute = cursor; minute < endMinute && moved.isDone; minute += MINUTES_AT_ONCE) {
      const count = Math.min(MINUTES_AT_ONCE, endMinute - minute);
      const some = Array.from({ length: count }, (_, index) => minute + index);
      const emptied = await Promise.all(some.map((one) => this.empty(one, untilMs, moved)));
      for (const [index, one] of some.entries()) {
        if (emptied[index] && one === passed && one < passable) passed++;
      }
      if (this.clock.nowMs() >= untilMs) moved.isDone = minute + count >= endMinute && !emptied.includes(false);
    }
    if (passed > cursor) await this.timers.moveCursor(passed);
    return { ...moved, cursorMs: passed * MINUTE_MS };
  }

  /** Answers whether nothing is left in that minute: it was read and found empty. */
  private async empty(minute: number, untilMs: number, moved: MovedTimers): Promise<boolean> {
    try {
      for (;;) {
        const found = await this.timers.dueIn(minute, PAGE);
        if (found.length === 0) return true;
        if (this.clock.nowMs() >= untilMs) return false;
        const results = await Promise.allSettled(found.map((timer) => this.moveOne(timer, moved)));
        const failure = results.find((result) => result.status === 'rejected');
        if (failure) throw failure.reason;
      }
    } catch (error) {
      moved.failed++;
      this.onFailure(error);
      return false;
    }
  }

  private async moveOne(timer: Timer, moved: MovedTimers): Promise<void> {
    await this.sendDue(timer.message, timer.atMs);
    moved.sent++;
    await this.timers.remove(timer);
  }
}

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);
