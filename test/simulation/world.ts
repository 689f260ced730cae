import { AsyncLocalStorage } from 'node:async_hooks';
import { Dice } from '../dice';
import type { Faults } from './faults';

/**
 * The world that everything simulated lives in: one virtual clock, one pair of dice, one list of what happens next.
 * Nothing in it reads a real clock, so a seed gives the same course of things each time.
 *
 * Time stands still while code runs. Whatever takes time (a call to the store, a function, a sleep) is put into the
 * agenda; the loop takes the earliest item, moves the clock there, runs it, and lets all promises settle.
 */
export class World {
  nowMs = Date.UTC(2026, 0, 1);
  readonly counts = new Map<string, number>();
  readonly violations: Violation[] = [];
  readonly lines: { text: string; runId: string | undefined }[] = [];
  readonly dice: Dice;
  /** Things under way that have to come to an end: calls, messages, handlers, clients at work. */
  underWay = 0;
  events = 0;
  isCalm = false;
  /** Where alone faults happen; undefined: everywhere. */
  faultsAt: readonly string[] | undefined;
  private readonly startMs = this.nowMs;
  private readonly agenda = new Agenda();
  private ids = 0;

  constructor(
    seed: number,
    private readonly faults: Faults,
    private readonly isTracing: boolean,
  ) {
    this.dice = new Dice(seed);
  }

  at(atMs: number, call: () => void): void {
    this.agenda.add(Math.max(atMs, this.nowMs), call);
  }

  after(ms: number, call: () => void): void {
    this.agenda.add(this.nowMs + ms, call);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Whether the fault happens here and now; counts it if so. */
  hit(fault: keyof Faults, point = ''): boolean {
    const rate = this.isCalm ? 0 : this.faults[fault];
    if (rate === 0 || !this.mayHappenAt(point)) return false;
    if (this.dice.next() >= rate) return false;
    this.count(point === '' ? fault : `${fault} ${point}`);
    return true;
  }

  private mayHappenAt(point: string): boolean {
    return point === '' || !this.faultsAt || this.faultsAt.some((part) => point.includes(part));
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  violate(text: string, runId?: string): void {
    this.violations.push({ text, runId });
    this.trace(runId, () => `VIOLATION: ${text}`);
  }

  /** A line of what happened. Texts are made only for a run that is replayed to be read. */
  trace(runId: string | undefined, text: () => string): void {
    if (!this.isTracing) return;
    const second = ((this.nowMs - this.startMs) / 1000).toFixed(3).padStart(9);
    this.lines.push({ runId, text: `${second} ${job.getStore()?.label ?? ''} ${text()}` });
  }

  /** Ordered by time, as ULIDs are, and 26 characters. */
  newId(): string {
    const time = this.nowMs.toString(32).toUpperCase().padStart(10, '0');
    return time + String(++this.ids).padStart(16, '0');
  }

  /** Runs until `isOver`, or there is nothing left to happen; at most for that long. Answers whether it is over. */
  async run(isOver: () => boolean, mostMs: number, mostEvents: number): Promise<boolean> {
    const endMs = this.nowMs + mostMs;
    const endEvents = this.events + mostEvents;
    await settled();
    while (!isOver()) {
      const { firstMs } = this.agenda;
      if (firstMs > endMs || this.events >= endEvents) return false;
      const next = this.agenda.take();
      this.nowMs = next.atMs;
      this.events++;
      next.call();
      await settled();
    }
    return true;
  }
}

export interface Violation {
  text: string;
  runId: string | undefined;
}

/** One thing that a process does: a message that it handles, a request that it answers. */
export interface Job {
  label: string;
  /** Of the message in hand. */
  held?: HeldMessage;
}

export interface HeldMessage {
  runId: string | undefined;
  claim: string | undefined;
  taskEventId: number | undefined;
  leaseUntilMs(): number;
  /** The queue gave this message to others too. */
  isDoubled(): boolean;
  /** Its handler failed, or gave it back. */
  hasFailed: boolean;
}

/** What the job of an auditor is labelled with. */
export const AUDITOR = 'auditor';

/** Which job the code that runs belongs to. */
export const job = new AsyncLocalStorage<Job>();

/** Promises settle in microtasks; all of them have run when the next turn of Node's loop comes. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Item {
  atMs: number;
  order: number;
  call(): void;
}

/** What happens next: a binary heap by time, then by order of entry. */
class Agenda {
  private readonly heap: Item[] = [];
  private order = 0;

  add(atMs: number, call: () => void): void {
    const { heap } = this;
    const item = { atMs, order: this.order++, call };
    let at = heap.push(item) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(item, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  get firstMs(): number {
    return this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The earliest item; there has to be one. */
  take(): Item {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (a: Item, b: Item): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
