import { compileDefinition } from '../../asl/definition/compile';
import type { Program } from '../../asl/definition/program';
import { validateDefinition } from '../../asl/definition/validate';
import { type ApiEvent, readEvent, type TimelineEvent } from './event';
import { layOut, nameWidthFor, type TimelineEntry } from './line';
import { SENTENCES } from './sentences';
import { Visits } from './visits';

export interface TimelineOptions {
  /** The definition's text: with it, the timeline tells of waits and retries before they are over. */
  definition?: string;
  /** Whether lines carry ANSI colours. */
  isColoured?: boolean;
}

/**
 * Tells the history of an execution as lines of text: time since the start, state, what happened.
 *
 *     const timeline = new Timeline({ definition });
 *     for (const line of timeline.lines(events)) console.log(line);
 */
export class Timeline {
  private readonly program: Program | undefined;
  private readonly nameWidth: number;
  private readonly visits = new Visits();
  private readonly events = new Map<number, TimelineEvent>();
  private startedAtMs = 0;

  constructor(private readonly options: TimelineOptions = {}) {
    const { definition } = options;
    const isFine = definition !== undefined && validateDefinition(definition).diagnostics.length === 0;
    this.program = isFine ? compileDefinition(definition) : undefined;
    this.nameWidth = nameWidthFor(this.program);
  }

  /** Lines for events that are new: all since the last call, as GetExecutionHistory answers them. */
  lines(events: readonly ApiEvent[]): string[] {
    return this.entries(events).map((entry) => layOut(entry, this.nameWidth, this.options.isColoured === true));
  }

  private entries(news: readonly ApiEvent[]): TimelineEntry[] {
    const events = news.map(readEvent).filter(({ id }) => !this.events.has(id));
    const after = new Map<number, TimelineEvent[]>();
    for (const event of events) {
      this.events.set(event.id, event);
      if (event.type.endsWith('Aborted')) continue;
      const followers = after.get(event.previousId);
      if (followers) followers.push(event);
      else after.set(event.previousId, [event]);
    }
    return events.flatMap((event) => this.tell(event, after.get(event.id) ?? []));
  }

  private tell(event: TimelineEvent, after: TimelineEvent[]): TimelineEntry[] {
    if (event.type === 'ExecutionStarted') this.startedAtMs = event.atMs;
    const visit = this.visits.of(event);
    const { program, startedAtMs } = this;
    const before = this.events.get(event.previousId);
    const visitBefore = this.visits.before(event);
    const tell = SENTENCES[event.type];
    // A type that is newer than this table.
    if (!tell) return [];
    const sinceStartMs = event.atMs - startedAtMs;
    const context = { program, startedAtMs, visit, before, visitBefore, after };
    return tell(event, context).map(({ text, tone, visit: at = visit }) => {
      return { sinceStartMs, stateName: at?.stateName, depth: at?.depth ?? 0, text, tone };
    });
  }
}
