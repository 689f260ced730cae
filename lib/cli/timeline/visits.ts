import type { TimelineEvent } from './event';

/** One visit of a state: from its StateEntered to its StateExited, retries included. */
export interface Visit {
  stateName: string;
  stateType: string;
  enteredAtMs: number;
  /** The visit of the Parallel or Map state around it. */
  parent: Visit | undefined;
  depth: number;
  isOpen: boolean;
  /** How often its work was begun. */
  attempts: number;
  scheduledAtMs: number;
  startedAtMs: number;
  /** Retries of each retrier. */
  retries: number[];
  /** How its work failed last. */
  failure: { error: string | undefined; cause: string | undefined } | undefined;
}

/** Finds the visit that an event belongs to: events tell only which event came before them. */
export class Visits {
  private readonly byEvent = new Map<number, { type: string; visit: Visit }>();
  private readonly open = new Set<Visit>();

  /** Undefined for events of the execution itself. */
  of(event: TimelineEvent): Visit | undefined {
    const visit = this.find(event);
    if (!visit) return undefined;
    this.byEvent.set(event.id, { type: event.type, visit });
    if (/(Exited|Aborted)$/.test(event.type)) this.close(visit);
    return visit;
  }

  /** The visit of the event that this one follows. */
  before({ previousId }: TimelineEvent): Visit | undefined {
    return this.byEvent.get(previousId)?.visit;
  }

  private find({ type, previousId, atMs, details }: TimelineEvent): Visit | undefined {
    const before = this.byEvent.get(previousId);
    if (type.endsWith('StateEntered')) {
      const isFirst = before?.type === 'ParallelStateStarted' || before?.type === 'MapIterationStarted';
      const parent = isFirst ? before.visit : before?.visit.parent;
      return this.enter(String(details.name), type.replace('StateEntered', ''), atMs, parent);
    }
    if (type.startsWith('Execution')) return undefined;
    if (type.endsWith('StateAborted')) return this.abandoned(type.replace('StateAborted', ''), before?.visit);
    if (type.endsWith('StateExited') || type.startsWith('MapIteration')) {
      // They name their state, and may follow the last event of a branch or an iteration.
      let visit = before?.visit;
      while (visit && visit.stateName !== details.name) visit = visit.parent;
      return visit;
    }
    const [, around] = /^(Parallel|Map)State/.exec(type) ?? [];
    if (!around) return before?.visit;
    const isOwn = before && (OWN.test(before.type) || /^Map(Iteration|Run)/.test(before.type));
    return isOwn ? before.visit : before?.visit.parent;
  }

  private enter(stateName: string, stateType: string, atMs: number, parent: Visit | undefined): Visit {
    const visit: Visit = {
      stateName,
      stateType,
      enteredAtMs: atMs,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      isOpen: true,
      attempts: 0,
      scheduledAtMs: atMs,
      startedAtMs: atMs,
      retries: [],
      failure: undefined,
    };
    this.open.add(visit);
    return visit;
  }

  /**
   * An abort names no state, but follows the event that failed the Parallel state around it. All states that are under
   * way there are cut off, the failed one with them, so the next of the type will do.
   */
  private abandoned(stateType: string, culprit: Visit | undefined): Visit | undefined {
    for (const visit of this.open) if (visit.stateType === stateType && isWithin(visit, culprit?.parent)) return visit;
    return undefined;
  }

  private close(visit: Visit): void {
    visit.isOpen = false;
    this.open.delete(visit);
  }
}

/** Events of a Parallel or Map state that its other events follow; the rest follow events within it. */
const OWN = /^(Parallel|Map)State(Entered|Succeeded|Started)$/;

function isWithin(visit: Visit, parallel: Visit | undefined): boolean {
  for (let at = visit.parent; at; at = at.parent) if (at === parallel) return true;
  return false;
}
