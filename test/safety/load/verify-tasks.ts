import type { WireEvent } from '../../lawful-history';
import type { Ledger, TaskRecord } from './ledger';

/** By execution name, each with the worker's name. */
export function tasksByExecution(ledger: Ledger): Map<string, [string, TaskRecord][]> {
  const tasks = new Map<string, [string, TaskRecord][]>();
  const tokens = new Set<string>();
  for (const [worker, task] of ledger.tasks) {
    const ofExecution = tasks.get(task.execution) ?? [];
    ofExecution.push([worker, task]);
    tasks.set(task.execution, ofExecution);
    if (task.kind === 'callback') continue;
    if (tokens.has(task.token)) throw new Error('a task was given to two workers');
    tokens.add(task.token);
  }
  return tasks;
}

/** An acknowledged answer stands in the history once, after the start of the task that it answers; any other at most once. */
export function checkTask(worker: string, task: TaskRecord, events: WireEvent[], failedPolls: Set<string>): string[] {
  const { result } = task;
  const recorded = result ? events.filter((event) => resultId(event) === result.id) : [];
  const started =
    task.kind === 'callback' ? startFor(task.token, events) : startOf(worker, recorded[0], events, failedPolls);
  if (!started) return [`worker ${worker} had a task that was not started`];
  const found: string[] = [];
  const wanted = result?.verdict === 'acknowledged' ? [1] : [0, 1];
  if (!wanted.includes(recorded.length)) {
    found.push(`result of ${worker} ${result?.verdict}, recorded ${recorded.length} times`);
  }
  const answers = answersTo(started, events);
  for (const { id, previousEventId } of recorded.filter((event) => event !== answers[0])) {
    found.push(
      `result of ${worker} recorded in event ${id} after ${previousEventId}, its task was started in ${started.id}`,
    );
  }
  const timedOut = answers.find(({ type }) => type.endsWith('TimedOut'));
  if (timedOut) found.push(...checkTimeOut(timedOut, started, task, events));
  return found;
}

/** A poll that failed may have started the task, under its own name; the next one got it. */
function startOf(worker: string, recorded: WireEvent | undefined, events: WireEvent[], failedPolls: Set<string>) {
  const starts = events.filter(({ type }) => type === 'ActivityStarted');
  const own = starts.find((event) => event.activityStartedEventDetails.workerName === worker);
  if (own) return own;
  const others = starts.filter((event) => failedPolls.has(event.activityStartedEventDetails.workerName));
  return others.find(({ id }) => id === recorded?.previousEventId) ?? others[0];
}

/** The start of the task that the token is of. */
function startFor(token: string, events: WireEvent[]): WireEvent | undefined {
  const scheduled = events.find((event) => event.taskScheduledEventDetails?.parameters.includes(token));
  return (
    scheduled && events.find(({ previousEventId, type }) => previousEventId === scheduled.id && type === 'TaskStarted')
  );
}

function answersTo(started: WireEvent, events: WireEvent[]): WireEvent[] {
  const after = (id: number) => events.filter(({ previousEventId }) => previousEventId === id);
  const followers = after(started.id).filter(({ type }) => /^(Activity|Task)(?!StateA)/.test(type));
  return followers.flatMap((event) => (event.type === 'TaskSubmitted' ? after(event.id) : [event]));
}

/** A heartbeat that was acknowledged counts: the task times out no earlier than it allows. */
function checkTimeOut(timedOut: WireEvent, started: WireEvent, task: TaskRecord, events: WireEvent[]): string[] {
  const scheduled = events[started.previousEventId - 1]!;
  const { timeoutInSeconds } = scheduled.activityScheduledEventDetails ?? scheduled.taskScheduledEventDetails;
  const atMs = timedOut.timestamp * 1000;
  if (atMs >= scheduled.timestamp * 1000 + timeoutInSeconds * 1000 - 1) return [];
  const lastSignMs = task.beatMs ?? started.timestamp * 1000;
  if (task.heartbeatSeconds !== undefined && atMs >= lastSignMs + task.heartbeatSeconds * 1000 - 1) return [];
  return [`event ${timedOut.id}: timed out too early`];
}

function resultId(event: WireEvent): string | undefined {
  const { output } = event.activitySucceededEventDetails ?? event.taskSucceededEventDetails ?? {};
  if (output !== undefined) return JSON.parse(output).id;
  return (event.activityFailedEventDetails ?? event.taskFailedEventDetails)?.cause;
}
