import type { Clock } from '../ports/clock';
import type { Activity, Registry } from '../ports/registry';
import type { Arns } from './arns';

/** A turn and what it asks for are no longer apart. */
const LATELY_MS = 2_000;
const SEEN_MAX = 1_000;

/** Activities by their ARNs. */
export class ActivityLookup {
  /** What the latest question about an activity came to, and when it was asked. */
  private readonly seen = new Map<string, { activity: Activity | undefined; atMs: number }>();

  constructor(
    private readonly registry: Registry,
    private readonly arns: Arns,
    private readonly clock: Clock,
    /** Whether asking costs nothing. */
    private readonly isCheap: boolean,
  ) {}

  /** The activity, if it exists here. */
  async now(arn: string): Promise<Activity | undefined> {
    const name = this.arns.activityName(arn);
    const atMs = this.clock.nowMs();
    const activity = name === undefined ? undefined : await this.registry.activity(name);
    if (!this.isCheap) this.note(arn, activity, atMs);
    return activity;
  }

  /** As it was seen here within the last moments. Never, where asking costs nothing. */
  seenLately(arn: string): Activity | undefined {
    return this.seenSince(arn, this.clock.nowMs() - LATELY_MS + 1);
  }

  /**
   * For the offer of a task: as the turn saw it that scheduled it then, where that turn was here. Another process may have
   * seen one that was made anew since this one looked. Deleted since, the activity takes the task with it.
   */
  async forOffer(arn: string, scheduledMs: number, isOwn: boolean): Promise<Activity | undefined> {
    return (isOwn ? this.seenLately(arn) : this.seenSince(arn, scheduledMs)) ?? this.now(arn);
  }

  /** It was made or deleted here: whoever comes next asks. */
  forget(arn: string): void {
    if (!this.isCheap) this.note(arn, undefined, this.clock.nowMs());
  }

  private seenSince(arn: string, sinceMs: number): Activity | undefined {
    const seen = this.seen.get(arn);
    const nowMs = this.clock.nowMs();
    return seen && seen.atMs >= sinceMs && seen.atMs <= nowMs && nowMs < seen.atMs + LATELY_MS
      ? seen.activity
      : undefined;
  }

  /** Answers may overtake each other. */
  private note(arn: string, activity: Activity | undefined, atMs: number): void {
    const before = this.seen.get(arn);
    if (before && before.atMs > atMs) return;
    if (this.seen.size >= SEEN_MAX) this.seen.clear();
    this.seen.set(arn, { activity, atMs });
  }
}
