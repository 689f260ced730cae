import type { Catcher, Retrier } from '../asl/definition/program';
import { type Json, stringifyJson } from '../asl/json';
import { Payload } from './payload';
import type { Frame } from './snapshot';

/**
 * A failure of a state: a value, matched by Retry and Catch, never thrown.
 * What matches what: asl.md section 4.
 */
export class Failure {
  constructor(
    readonly error: string | undefined,
    readonly cause: string | undefined,
    private readonly kind: 'state' | 'task' | 'branch' | 'fatal',
    /** Other names under which ErrorEquals may know it. */
    private readonly aliases: readonly string[] = [],
    /** The frames of branches and iterations that it took with it, as they stood. */
    readonly fallen: readonly Frame[] = [],
    /** Of an expression that was not evaluated: the field that it stands in. An event of its own tells of that. */
    readonly evaluation?: { field: string | undefined },
  ) {}

  /** A mismatch of definition and data. It ends the execution at once; no Catch sees it, not even one that names it. */
  static runtime(frame: Frame, text: string): Failure {
    return new Failure('States.Runtime', causeIn(frame, text), 'fatal');
  }

  /** An expression has no value, or none that its field takes. */
  static evaluation(frame: Frame, text: string, field: string | undefined): Failure {
    return new Failure('States.QueryEvaluationError', causeIn(frame, text), 'task', [], [], { field });
  }

  static dataLimit(name: string, kind: 'task' | 'fatal'): Failure {
    const cause = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    return new Failure('States.DataLimitExceeded', cause, kind);
  }

  static timeout(missedHeartbeat: boolean): Failure {
    return new Failure('States.Timeout', undefined, 'task', missedHeartbeat ? ['States.HeartbeatTimeout'] : []);
  }

  /** The same failure, as the Parallel (Map) state around the failed branch (iteration) sees it. */
  ofBranch(fallen: readonly Frame[] = []): Failure {
    const aliases = [...this.aliases, 'States.BranchFailed'];
    return new Failure(this.error, this.cause, 'branch', aliases, [...this.fallen, ...fallen]);
  }

  get isFatal(): boolean {
    return this.kind === 'fatal';
  }

  get isOfBranch(): boolean {
    return this.kind === 'branch';
  }

  matches(errorEquals: readonly string[]): boolean {
    if (this.isFatal) return false;
    return errorEquals.some((name) => {
      if (name === 'States.ALL' || name === this.error || this.aliases.includes(name)) return true;
      return name === 'States.TaskFailed' && this.kind === 'task' && this.error !== 'States.Timeout';
    });
  }

  /** What a Catch puts into the state's output; members are null when unknown, a timeout's cause is empty (observed on AWS). */
  output(): Payload {
    const unknownCause = this.error === 'States.Timeout' ? '' : null;
    const members: [string, Json][] = [
      ['Error', this.error ?? null],
      ['Cause', this.cause ?? unknownCause],
    ];
    return Payload.of(new Map(members));
  }
}

/** Characters of a cause that any answer may have (API page of the history events). */
const CAUSE_MAX = 32_768;

/** Causes quote inputs, which may be long. No half of a character is left at the end. */
function causeIn({ stateName, enteredEventId }: Frame, text: string): string {
  const where = `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredEventId}). `;
  return (where + text).slice(0, CAUSE_MAX).replace(/[\ud800-\udbff]$/, '');
}

/** The catcher that takes the failure. */
export const catcherFor = (catchers: readonly Catcher[], failure: Failure): Catcher | undefined =>
  catchers.find((catcher) => failure.matches(catcher.errorEquals));

/**
 * Which retrier takes the failure, and after how long; undefined when none does or its attempts are used up
 * (then no other retrier is tried).
 */
export function retryFor(
  retriers: readonly Retrier[],
  used: readonly number[],
  failure: Failure,
  random: () => number,
): { index: number; delayMs: number } | undefined {
  const index = retriers.findIndex((candidate) => failure.matches(candidate.errorEquals));
  const retrier = retriers[index];
  const attempts = used[index] ?? 0;
  if (!retrier || attempts >= retrier.maxAttempts) return undefined;
  const backoff = retrier.intervalSeconds * retrier.backoffRate ** attempts;
  const seconds = Math.min(backoff, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY, DELAY_SECONDS_MAX);
  return { index, delayMs: Math.round(seconds * 1000 * (retrier.jitter ? random() : 1)) };
}

/** No execution lives longer than a year, so no delay needs to. */
const DELAY_SECONDS_MAX = 366 * 24 * 3600;

/** For texts that show a value, as AWS's do. */
export const shown = (value: Json): string => (typeof value === 'string' ? value : stringifyJson(value));
