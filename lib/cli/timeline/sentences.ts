import type { Program } from '../../asl/definition/program';
import type { HistoryEventType } from '../../engine/history-event';
import { duration, failureText, instant } from './amounts';
import type { TimelineEvent } from './event';
import { nextRetry, waitUntilMs } from './expectations';
import type { Tone } from './line';
import type { Visit } from './visits';

/** What a sentence may look at beside its event. */
interface Context {
  program: Program | undefined;
  startedAtMs: number;
  /** Undefined for the execution itself. */
  visit: Visit | undefined;
  /** The event that this one follows. */
  before: TimelineEvent | undefined;
  visitBefore: Visit | undefined;
  /** The events that follow this one, as far as they are known. Aborts of other states are not among them. */
  after: readonly TimelineEvent[];
}

interface Sentence {
  text: string;
  tone: Tone;
  /** The state that it is about, where that is not the event's. */
  visit?: Visit;
}

type Tell = (event: TimelineEvent, context: Context) => Sentence[];

const plain = (text: string): Sentence[] => [{ text, tone: 'plain' }];
const good = (text: string): Sentence[] => [{ text, tone: 'good' }];
const bad = (text: string): Sentence[] => [{ text, tone: 'bad' }];
const pending = (text: string): Sentence[] => [{ text, tone: 'pending' }];
const nothing: Tell = () => [];

const error = ({ details }: TimelineEvent) => details.error as string | undefined;
const cause = ({ details }: TimelineEvent) => details.cause as string | undefined;
const lasted = ({ atMs }: TimelineEvent, visit: Visit) => duration(atMs - visit.enteredAtMs);
const nameIn = (resource: unknown): string => String(resource).split(':').slice(6).join(':');
const isLeft = ({ after }: Context): boolean => after.some(({ type }) => type.endsWith('Exited'));
const next = ({ after }: Context): string | undefined =>
  after.find(({ type }) => type.endsWith('StateEntered'))?.details.name as string | undefined;

/** States that are left in the moment they are entered: the exit tells of both. */
const enteredInstant: Tell = (_, context) => (isLeft(context) ? [] : plain('entered'));

const enteredTask: Tell = (_, { after }) => {
  const scheduled = after.find(({ type }) => type.endsWith('Scheduled'));
  return plain(scheduled ? `entered, ${begins(scheduled)}` : 'entered');
};

function begins({ type, details }: TimelineEvent, attempt = 1): string {
  const limits = [
    details.timeoutInSeconds && `times out in ${duration(Number(details.timeoutInSeconds) * 1000)}`,
    details.heartbeatInSeconds && `heartbeats every ${duration(Number(details.heartbeatInSeconds) * 1000)}`,
  ].filter(Boolean);
  const { resourceType, resource } = details;
  const what =
    type === 'TaskScheduled'
      ? `calls ${resourceType}:${resource}`
      : `${type === 'ActivityScheduled' ? 'task scheduled for a worker of activity' : 'calls function'} ${nameIn(resource)}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `${what}${again}${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`;
}

const scheduled: Tell = (event, { visit }) => {
  if (!visit) return [];
  visit.attempts++;
  visit.scheduledAtMs = event.atMs;
  visit.startedAtMs = event.atMs;
  // The first time, the entry tells of it.
  return visit.attempts === 1 ? [] : plain(begins(event, visit.attempts));
};

const started: Tell = (event, { visit }) => {
  if (!visit) return [];
  visit.startedAtMs = event.atMs;
  if (event.type !== 'ActivityStarted') return [];
  const { workerName } = event.details;
  return plain(
    `taken by ${workerName ? `worker ${workerName}` : 'a worker'} after ${duration(event.atMs - visit.scheduledAtMs)}`,
  );
};

const submitted: Tell = (event, { visit }) => {
  if (!visit) return [];
  const isJob = /\.sync(:2)?$/.test(String(event.details.resource));
  return pending(isJob ? 'waits for the execution that it started' : 'waits for its token to come back');
};

const succeeded: Tell = (event, context) => {
  const { visit } = context;
  if (!visit || isLeft(context)) return [];
  return plain(`answered after ${duration(event.atMs - visit.startedAtMs)}`);
};

const failed =
  (how: (took: string) => string): Tell =>
  (event, context) => {
    const { visit } = context;
    if (!visit) return [];
    visit.failure = { error: error(event), cause: cause(event) };
    const text = how(duration(event.atMs - visit.startedAtMs));
    return [...bad(`${text}: ${failureText(error(event), cause(event))}`), ...expectRetry(context)];
  };

const timedOut: Tell = (event, context) => {
  const { visit } = context;
  if (!visit) return [];
  visit.failure = { error: error(event), cause: undefined };
  return [...bad(`timed out after ${duration(event.atMs - visit.scheduledAtMs)}`), ...expectRetry(context)];
};

/** Only another attempt follows the failure, if anything: its state is tried again, or a Parallel or Map state around it. */
function expectRetry({ visit, after, program }: Context): Sentence[] {
  const isDecided = after.some(({ type }) => !/(Scheduled|StateStarted|IterationFailed)$/.test(type));
  if (isDecided || !visit?.failure || !program) return [];
  const retry = nextRetry(program, visit);
  if (!retry) return [];
  const { count, most, delayMs, isJittered } = retry;
  const text = `retrying ${isJittered ? 'within' : 'in'} ${duration(delayMs)} (retry ${count} of ${most})`;
  return [{ text, tone: 'pending', visit: retry.visit }];
}

const enteredWait: Tell = (event, context) => {
  const { program, visit, after } = context;
  // The exit tells of it.
  if (after[0]?.atMs === event.atMs) return [];
  const untilMs = program && visit && waitUntilMs(program, visit.stateName, event);
  if (untilMs === undefined) return plain('entered, waiting');
  return pending(`entered, waiting ${duration(untilMs - event.atMs)}, until ${instant(untilMs)}`);
};

const enteredParallel: Tell = (_, { program, visit }) => {
  const state = visit && program?.states.get(visit.stateName);
  if (state?.type !== 'Parallel') return plain('entered');
  return plain(`entered, ${state.branches.length} ${state.branches.length === 1 ? 'branch' : 'branches'}`);
};

const parallelStarted: Tell = (_, { visit }) => {
  if (!visit) return [];
  visit.attempts++;
  return visit.attempts === 1 ? [] : plain(`starts its branches again, attempt ${visit.attempts}`);
};

const mapStarted: Tell = ({ details }, { visit }) => {
  if (!visit) return [];
  visit.attempts++;
  const items = `${details.length} ${details.length === 1 ? 'item' : 'items'}`;
  return plain(visit.attempts === 1 ? `begins with ${items}` : `begins again with ${items}, attempt ${visit.attempts}`);
};

const failedWithin =
  (what: string): Tell =>
  (_, context) => {
    const { visit, visitBefore, before } = context;
    // A map run tells of its own.
    if (!visit || before?.type === 'MapRunFailed') return [];
    visit.failure = visitBefore?.failure;
    const reason = visit.failure?.error ? `: ${visit.failure.error}` : '';
    return [...bad(`${what} failed${reason}`), ...expectRetry(context)];
  };

const enteredFail: Tell = (_, context) => {
  const { visit, program } = context;
  if (!visit) return [];
  const state = program?.states.get(visit.stateName);
  const literal = (text: unknown) => (typeof text === 'string' ? text : undefined);
  if (state?.type === 'Fail') visit.failure = { error: literal(state.error), cause: literal(state.cause) };
  const text = visit.failure?.error ? `fails: ${failureText(visit.failure.error, visit.failure.cause)}` : 'fails';
  return [...bad(text), ...expectRetry(context)];
};

const SHOWN_MAX = 5;

/** Values may be long, and the history has them. */
function assigns({ assigned }: TimelineEvent): string {
  if (assigned.length === 0) return '';
  const shown = assigned.slice(0, SHOWN_MAX).map((name) => `$${name}`);
  const more = assigned.length > SHOWN_MAX ? ` and ${assigned.length - SHOWN_MAX} more` : '';
  return `, assigned ${shown.join(', ')}${more}`;
}

const left =
  (how: (took: string, context: Context) => string): Tell =>
  (event, context) => {
    const { visit, before } = context;
    if (!visit) return [];
    const goesOn = next(context);
    if (before && /(Failed|TimedOut)$/.test(before.type)) {
      const caught = `caught ${visit.failure?.error ?? 'the error'}${goesOn ? `, goes to ${goesOn}` : ''}`;
      return pending(caught + assigns(event));
    }
    return good(how(lasted(event, visit), context) + assigns(event));
  };

const done = left(
  (took, { visit }) => `done in ${took}${visit!.attempts > 1 ? `, at attempt ${visit!.attempts}` : ''}`,
);

/** The state that failed its Parallel is cut off with the others; its failure was told already. */
const aborted: Tell = (event, { visit, visitBefore }) =>
  visit && visit !== visitBefore ? pending(`cut off after ${lasted(event, visit)}`) : [];

const ended =
  (status: string): Tell =>
  (event, { startedAtMs }) => {
    const took = duration(event.atMs - startedAtMs);
    if (status === 'SUCCEEDED') return good(`SUCCEEDED in ${took}`);
    return bad(`${status} after ${took}${error(event) === undefined ? '' : `: ${error(event)}`}`);
  };

/** What each event is told as: no sentence, one, or two. */
export const SENTENCES: Record<HistoryEventType, Tell> = {
  ExecutionStarted: () => plain('execution started'),
  ExecutionSucceeded: ended('SUCCEEDED'),
  ExecutionFailed: ended('FAILED'),
  ExecutionAborted: ended('ABORTED'),
  ExecutionTimedOut: ended('TIMED_OUT'),
  PassStateEntered: enteredInstant,
  PassStateExited: left(() => 'passed'),
  TaskStateEntered: enteredTask,
  TaskStateExited: done,
  ChoiceStateEntered: enteredInstant,
  ChoiceStateExited: left((_, context) => `chose ${next(context) ?? 'a state'}`),
  WaitStateEntered: enteredWait,
  WaitStateExited: left((took) => `waited ${took}`),
  SucceedStateEntered: enteredInstant,
  SucceedStateExited: left(() => 'succeeds'),
  FailStateEntered: enteredFail,
  ParallelStateEntered: enteredParallel,
  ParallelStateExited: done,
  ParallelStateStarted: parallelStarted,
  ParallelStateSucceeded: nothing,
  ParallelStateFailed: failedWithin('a branch'),
  ParallelStateAborted: aborted,
  TaskStateAborted: aborted,
  WaitStateAborted: aborted,
  ActivityScheduled: scheduled,
  ActivityScheduleFailed: failed(() => 'could not be scheduled'),
  ActivityStarted: started,
  ActivitySucceeded: succeeded,
  ActivityFailed: failed((took) => `failed after ${took}`),
  ActivityTimedOut: timedOut,
  LambdaFunctionScheduled: scheduled,
  LambdaFunctionScheduleFailed: failed(() => 'could not be scheduled'),
  LambdaFunctionStarted: started,
  LambdaFunctionStartFailed: failed(() => 'could not be called'),
  LambdaFunctionSucceeded: succeeded,
  LambdaFunctionFailed: failed((took) => `failed after ${took}`),
  LambdaFunctionTimedOut: timedOut,
  MapStateEntered: nothing,
  MapStateExited: done,
  MapStateStarted: mapStarted,
  MapStateSucceeded: nothing,
  MapStateFailed: failedWithin('an iteration'),
  MapStateAborted: aborted,
  MapIterationStarted: nothing,
  MapIterationSucceeded: nothing,
  MapIterationFailed: nothing,
  MapIterationAborted: nothing,
  TaskScheduled: scheduled,
  TaskStarted: started,
  TaskStartFailed: failed(() => 'could not be called'),
  TaskSubmitted: submitted,
  TaskSubmitFailed: failed(() => 'could not be submitted'),
  TaskSucceeded: succeeded,
  TaskFailed: failed((took) => `failed after ${took}`),
  TaskTimedOut: timedOut,
  EvaluationFailed: ({ details }) => bad(`could not be evaluated${details.location ? `: ${details.location}` : ''}`),
  MapRunStarted: nothing,
  MapRunSucceeded: nothing,
  MapRunFailed: failed((took) => `its map run failed after ${took}`),
  MapRunAborted: nothing,
  MapRunRedriven: nothing,
  ExecutionRedriven: ({ details }) =>
    plain(`redriven${Number(details.redriveCount) > 1 ? `, redrive ${details.redriveCount}` : ''}`),
};
