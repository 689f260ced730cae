import type { Clock } from '../ports/clock';
import type { Activity, Registry } from '../ports/registry';
import type { Arns } from './arns';

/** A turn and what it asks for are no longer apart. */
const LATELY_MS = 2_000;
const SEEN_MAX = 1_000;

/** Activities by their ARNs. */
export class ActivityLookup {
  private readonly seen = new Map<string, { activity: Activity; untilMs: number }>();

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
    const activity = name === undefined ? undefined : await this.registry.activity(name);
    if (this.isCheap) return activity;
    if (this.seen.size >= SEEN_MAX) this.seen.clear();
    if (activity) this.seen.set(arn, { activity, untilMs: this.clock.nowMs() + LATELY_MS });
    else this.seen.delete(arn);
    return activity;
  }

  /** As it was seen here within the last moments. Never, where asking costs nothing. */
  seenLately(arn: string): Activity | undefined {
    const seen = this.seen.get(arn);
    return seen && this.clock.nowMs() < seen.untilMs ? seen.activity : undefined;
  }

  /**
   * For the offer of a task that was scheduled a moment ago: as its turn saw it. Deleted since, the activity takes the
   * task with it.
   */
  async lately(arn: string): Promise<Activity | undefined> {
    return this.seenLately(arn) ?? this.now(arn);
  }

  /** It was deleted here: whoever comes next asks. */
  forget(arn: string): void {
    this.seen.delete(arn);
  }
}
