import { breaches, disagreement, type WireEvent } from '../../lawful-history';
import { executionArn, machineArn, type WireClient } from '../wire';
import type { Ledger, StartRecord, StopRecord, TaskRecord } from './ledger';
import { MACHINES } from './machines';

/** Read at once. */
const READERS = 16;
const PAGE = 40;

export interface Findings {
  violations: string[];
  /** Events that were looked at. */
  events: number;
}

/** Holds what the store has against what was acknowledged. Every execution has to have ended. */
export async function verify(wire: WireClient, ledger: Ledger): Promise<Findings> {
  const findings: Findings = { violations: await checkLists(wire, ledger), events: 0 };
  const tasks = tasksByExecution(ledger);
  const invocations = new Set<string>();
  const records = [...ledger.starts.values()];
  const reader = async () => {
    for (let record = records.pop(); record; record = records.pop()) {
      const { name, machine } = record;
      const described = await wire.get('DescribeExecution', { executionArn: executionArn(machine, name) });
      const events = await readHistory(wire, record, findings.violations);
      findings.events += events.length;
      const found = [
        ...checkExecution(record, described, events, ledger.stops.get(name)),
        ...(tasks.get(name) ?? []).flatMap(([worker, task]) =>
          checkActivityTask(worker, task, events, ledger.refusedPolls),
        ),
        ...checkWaits(record, events),
        ...checkInvocations(events, invocations),
      ];
      findings.violations.push(...found.map((text) => `${machine} ${name}: ${text}`));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return findings;
}

function tasksByExecution(ledger: Ledger): Map<string, [string, TaskRecord][]> {
  const tasks = new Map<string, [string, TaskRecord][]>();
  const tokens = new Set<string>();
  for (const [worker, task] of ledger.tasks) {
    const ofExecution = tasks.get(task.execution) ?? [];
    ofExecution.push([worker, task]);
    tasks.set(task.execution, ofExecution);
    tokens.add(task.token);
  }
  if (tokens.size < ledger.tasks.size) throw new Error('a task was given to two workers');
  return tasks;
}

/** Each list has each execution once, and no other. */
async function checkLists(wire: WireClient, ledger: Ledger): Promise<string[]> {
  const found: string[] = [];
  const listed = new Map<string, number>();
  for (const machine of Object.keys(MACHINES)) {
    for await (const item of wire.pages('ListExecutions', 'executions', { stateMachineArn: machineArn(machine) })) {
      const name = String(item.name);
      listed.set(name, (listed.get(name) ?? 0) + 1);
      const record = ledger.starts.get(name);
      if (record?.machine !== machine) found.push(`${machine} ${name} is listed, and nobody started it`);
      if (item.status === 'RUNNING') found.push(`${machine} ${name} is listed as RUNNING`);
    }
  }
  for (const { machine, name } of ledger.starts.values()) {
    if (listed.get(name) !== 1) found.push(`${machine} ${name} is listed ${listed.get(name) ?? 0} times`);
  }
  return found;
}

/** Read both ways: the same events. */
async function readHistory(wire: WireClient, record: StartRecord, violations: string[]): Promise<WireEvent[]> {
  const input = { executionArn: executionArn(record.machine, record.name) };
  const events: WireEvent[] = [];
  for await (const event of wire.pages('GetExecutionHistory', 'events', { ...input, maxResults: PAGE })) {
    events.push(event as WireEvent);
  }
  const backwards = await wire.get('GetExecutionHistory', { ...input, maxResults: 1000, reverseOrder: true });
  if (JSON.stringify(backwards.events.reverse()) !== JSON.stringify(events.slice(-1000))) {
    violations.push(`${record.name}: the history reads otherwise backwards`);
  }
  return events;
}

function checkExecution(
  record: StartRecord,
  described: Record<string, unknown>,
  events: WireEvent[],
  stop: StopRecord | undefined,
): string[] {
  const found = breaches(events, true);
  const disagrees = disagreement(described, events.at(-1)!);
  if (disagrees !== undefined) found.push(disagrees);
  const { input, startDate } = record;
  if (described.input !== input) found.push(`another input: ${described.input}`);
  if (events[0]?.executionStartedEventDetails?.input !== input) found.push('another input in ExecutionStarted');
  if (startDate !== undefined && described.startDate !== startDate) found.push(`another startDate than ${startDate}`);
  const { ends } = MACHINES[record.machine]!;
  if (stop && described.stopDate !== stop.stopDate)
    found.push(`stopped at ${stop.stopDate}, says ${described.stopDate}`);
  const isStopped = stop !== undefined && described.status === 'ABORTED' && described.cause === stop.cause;
  if (!isStopped && described.status !== ends) found.push(`ended ${JSON.stringify(described)} instead of ${ends}`);
  return found;
}

/** An acknowledged answer stands in the history once, after the start of the task that it answers; any other at most once. */
function checkActivityTask(worker: string, task: TaskRecord, events: WireEvent[], refusedPolls: Set<string>): string[] {
  const { result } = task;
  const recorded = result ? events.filter((event) => resultId(event) === result.id) : [];
  const started = startOf(worker, recorded[0], events, refusedPolls);
  if (!started) return [`worker ${worker} had a task that was not started`];
  const found: string[] = [];
  const wanted = result?.verdict === 'acknowledged' ? [1] : [0, 1];
  if (!wanted.includes(recorded.length)) {
    found.push(`result of ${worker} ${result?.verdict}, recorded ${recorded.length} times`);
  }
  const answers = events.filter(
    ({ previousEventId, type }) => previousEventId === started.id && type.startsWith('Activity'),
  );
  if (recorded.some((event) => event !== answers[0])) found.push(`result of ${worker} recorded for another task`);
  const timedOut = answers.find(({ type }) => type === 'ActivityTimedOut');
  if (timedOut) found.push(...checkTimeOut(timedOut, started, task, events));
  return found;
}

/** A poll that was refused may have started the task, under its own name; the next one got it. */
function startOf(worker: string, recorded: WireEvent | undefined, events: WireEvent[], refusedPolls: Set<string>) {
  const starts = events.filter(({ type }) => type === 'ActivityStarted');
  const own = starts.find((event) => event.activityStartedEventDetails.workerName === worker);
  if (own) return own;
  const others = starts.filter((event) => refusedPolls.has(event.activityStartedEventDetails.workerName));
  return others.find(({ id }) => id === recorded?.previousEventId) ?? others[0];
}

/** A heartbeat that was acknowledged counts: the task times out no earlier than it allows. */
function checkTimeOut(timedOut: WireEvent, started: WireEvent, task: TaskRecord, events: WireEvent[]): string[] {
  const scheduled = events[started.previousEventId - 1]!;
  const { timeoutInSeconds } = scheduled.activityScheduledEventDetails;
  const atMs = timedOut.timestamp * 1000;
  if (atMs >= scheduled.timestamp * 1000 + timeoutInSeconds * 1000 - 1) return [];
  const lastSignMs = task.beatMs ?? started.timestamp * 1000;
  if (task.heartbeatSeconds !== undefined && atMs >= lastSignMs + task.heartbeatSeconds * 1000 - 1) return [];
  return [`event ${timedOut.id}: timed out too early`];
}

function resultId(event: WireEvent): string | undefined {
  const { output } = event.activitySucceededEventDetails ?? {};
  return output === undefined ? event.activityFailedEventDetails?.cause : JSON.parse(output).id;
}

/** Nobody woke too early. */
function checkWaits({ input }: StartRecord, events: WireEvent[]): string[] {
  const { seconds } = JSON.parse(input) as { seconds?: number };
  return events
    .filter(({ type }) => type === 'WaitStateExited')
    .filter((exited) => {
      const waitedMs = (exited.timestamp - events[exited.previousEventId - 1]!.timestamp) * 1000;
      const { name } = exited.stateExitedEventDetails;
      return waitedMs < (name === 'W' && seconds !== undefined ? seconds : 1) * 1000 - 1;
    })
    .map(({ id }) => `event ${id}: waited too short`);
}

/** No invocation of a function is recorded twice. */
function checkInvocations(events: WireEvent[], seen: Set<string>): string[] {
  const found: string[] = [];
  for (const { lambdaFunctionSucceededEventDetails: details, id } of events) {
    if (!details) continue;
    const { invocation } = JSON.parse(details.output);
    if (seen.has(invocation)) found.push(`event ${id}: its invocation is recorded elsewhere too`);
    seen.add(invocation);
  }
  return found;
}
