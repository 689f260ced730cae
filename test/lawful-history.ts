/** The laws that every history keeps, whatever happened while it was written (asl.md section 6). */

export interface WireEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has a details member of its own.
  [details: string]: any;
}

const CLOSING = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
const SCHEDULED = /^(Activity|LambdaFunction|Task)Scheduled$/;
const STARTED = /^(Activity|LambdaFunction|Task)Started$/;
const ANSWERED = /^((Activity|LambdaFunction|Task)(Succeeded|Failed|TimedOut)|TaskSubmitted|TaskSubmitFailed)$/;

/** What is wrong with a history; nothing for a lawful one. `isClosed`: whether the execution has ended. */
export function breaches(events: readonly WireEvent[], isClosed: boolean): string[] {
  const found: string[] = [];
  const report = (event: WireEvent, text: string) => found.push(`event ${event.id} ${event.type}: ${text}`);
  checkNumbers(events, report);
  checkEnds(events, isClosed, report);
  if (found.length > 0) return found;
  const history = new History(events);
  for (const event of events) {
    if (/StateExited$/.test(event.type)) checkExit(history, event, report);
    else if (/StateEntered$/.test(event.type)) checkEntry(history, event, report);
    else if (STARTED.test(event.type) || ANSWERED.test(event.type)) checkTask(history, event, report);
    else if (SCHEDULED.test(event.type)) checkSchedule(history, event, report);
    else if (/^MapIteration(Succeeded|Failed)$/.test(event.type)) checkIterationEnd(history, event, report);
    else if (event.type === 'ExecutionSucceeded') checkSuccess(history, event, report);
  }
  return found;
}

type Report = (event: WireEvent, text: string) => void;

class History {
  /** Entered, Scheduled and Started events whose follower has been seen: each has one at most. */
  readonly used = new Set<number>();

  constructor(private readonly events: readonly WireEvent[]) {}

  previous(event: WireEvent): WireEvent | undefined {
    return this.events[event.previousEventId - 1];
  }
}

function checkNumbers(events: readonly WireEvent[], report: Report): void {
  events.forEach((event, index) => {
    if (event.id !== index + 1) report(event, `stands at place ${index + 1}`);
    if (!(event.previousEventId >= 0 && event.previousEventId < event.id)) {
      report(event, `follows on ${event.previousEventId}`);
    }
    const before = events[index - 1];
    if (before && event.timestamp < before.timestamp) report(event, `is older than event ${before.id}`);
  });
}

function checkEnds(events: readonly WireEvent[], isClosed: boolean, report: Report): void {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return;
  if (first.type !== 'ExecutionStarted') report(first, 'is the first event');
  for (const event of events.slice(1)) if (event.type === 'ExecutionStarted') report(event, 'is not the first event');
  for (const [index, event] of events.slice(0, -1).entries()) {
    const isRedriven = events[index + 1]!.type === 'ExecutionRedriven' && event.type !== 'ExecutionSucceeded';
    if (CLOSING.test(event.type) && !isRedriven) report(event, 'is not the last event');
  }
  if (isClosed !== CLOSING.test(last.type)) {
    report(last, `is the last event of ${isClosed ? 'a closed' : 'an open'} execution`);
  }
}

/** Back along the thread of control there is the state's entry, which has no other exit. */
function checkExit(history: History, event: WireEvent, report: Report): void {
  const { name } = event.stateExitedEventDetails;
  const wanted = event.type.replace('Exited', 'Entered');
  for (let at = history.previous(event); at; at = history.previous(at)) {
    if (at.type !== wanted || at.stateEnteredEventDetails.name !== name) continue;
    if (history.used.has(at.id)) report(event, `${name} was left before, since event ${at.id}`);
    history.used.add(at.id);
    return;
  }
  report(event, `${name} was not entered`);
}

function checkEntry(history: History, event: WireEvent, report: Report): void {
  const before = history.previous(event);
  if (before === undefined) {
    if (event.id !== 2) report(event, 'follows on nothing');
  } else if (before.type !== 'ParallelStateStarted' && before.type !== 'MapIterationStarted') {
    if (!/StateExited$/.test(before.type)) report(event, `follows on ${before.type} ${before.id}`);
    else if (history.used.has(before.id)) report(event, `another state follows on event ${before.id}`);
    history.used.add(before.id);
  }
}

/** Back along the thread of control there is the iteration's start, which has no other end. */
function checkIterationEnd(history: History, event: WireEvent, report: Report): void {
  const isSuccess = event.type === 'MapIterationSucceeded';
  const { name, index } = isSuccess ? event.mapIterationSucceededEventDetails : event.mapIterationFailedEventDetails;
  const before = history.previous(event);
  if (isSuccess && !/StateExited$/.test(before?.type ?? '')) report(event, `follows on ${before?.type}`);
  for (let at = before; at; at = history.previous(at)) {
    if (at.type !== 'MapIterationStarted') continue;
    const started = at.mapIterationStartedEventDetails;
    if (started.name !== name || started.index !== index) continue;
    if (history.used.has(at.id)) report(event, `iteration ${index} of ${name} ended before, since event ${at.id}`);
    // One that failed may be redriven.
    if (isSuccess) history.used.add(at.id);
    return;
  }
  report(event, `iteration ${index} of ${name} was not started`);
}

function checkSchedule(history: History, event: WireEvent, report: Report): void {
  const before = history.previous(event);
  const isRetry = before && ANSWERED.test(before.type) && before.type !== 'TaskSubmitted';
  if (before?.type !== 'TaskStateEntered' && !isRetry) report(event, `follows on ${before?.type}`);
}

/** Started follows on its Scheduled, the answer on its Started (a time-out also on Scheduled); each once. */
function checkTask(history: History, event: WireEvent, report: Report): void {
  const before = history.previous(event);
  const [kind] = /^(Activity|LambdaFunction|Task)/.exec(event.type)!;
  const isStart = event.type === `${kind}Started`;
  const fits =
    before?.type === `${kind}${isStart ? 'Scheduled' : 'Started'}` ||
    (before?.type === 'TaskSubmitted' && /^Task(Succeeded|Failed|TimedOut)$/.test(event.type)) ||
    (event.type === `${kind}TimedOut` && before?.type === `${kind}Scheduled`);
  if (!before || !fits) report(event, `follows on ${before?.type}`);
  else if (history.used.has(before.id)) report(event, `event ${before.id} has a follower already`);
  else history.used.add(before.id);
}

function checkSuccess(history: History, event: WireEvent, report: Report): void {
  const before = history.previous(event);
  if (!before || !/StateExited$/.test(before.type)) report(event, `follows on ${before?.type}`);
}

/** Whether DescribeExecution says what the last event says. */
export function disagreement(described: Record<string, unknown>, last: WireEvent): string | undefined {
  const { status, output, error, cause, stopDate } = described;
  const wanted = { Succeeded: 'SUCCEEDED', Failed: 'FAILED', Aborted: 'ABORTED', TimedOut: 'TIMED_OUT' }[
    last.type.replace('Execution', '')
  ];
  const told = JSON.stringify(described);
  if (status !== wanted) return `DescribeExecution says ${status}, the last event is ${last.type}`;
  if (status === 'SUCCEEDED' && output !== last.executionSucceededEventDetails.output) return `another output: ${told}`;
  const details = last.executionFailedEventDetails ?? last.executionAbortedEventDetails;
  if (details && (details.error !== error || details.cause !== cause)) return `another error: ${told}`;
  // An execution that ran out of time stopped when its time was over, not when that was seen.
  if (status !== 'TIMED_OUT' && stopDate !== last.timestamp) return `another stopDate: ${told}`;
  return undefined;
}
