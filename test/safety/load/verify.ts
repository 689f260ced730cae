import { breaches, disagreement, type WireEvent } from '../../lawful-history';
import { executionArn, machineArn, type WireClient } from '../wire';
import type { Ledger, StartRecord, StopRecord } from './ledger';
import { MACHINES } from './machines';
import { type Described, Families } from './verify-nested';
import { checkTask, tasksByExecution } from './verify-tasks';

/** Read at once. */
const READERS = 16;
const PAGE = 40;

export interface Findings {
  violations: string[];
  /** Events that were looked at. */
  events: number;
}

/** One that a client started, or, without an input, a task. */
type Execution = Pick<StartRecord, 'machine' | 'name'> & Partial<StartRecord>;

/** Holds what the store has against what was acknowledged. Every execution has to have ended. */
export async function verify(wire: WireClient, ledger: Ledger): Promise<Findings> {
  const findings: Findings = { violations: [], events: 0 };
  const nested = await checkLists(wire, ledger, findings.violations);
  const families = new Families();
  const tasks = tasksByExecution(ledger);
  const invocations = new Set<string>();
  const records: Execution[] = [...ledger.starts.values(), ...nested];
  const reader = async () => {
    for (let record = records.pop(); record; record = records.pop()) {
      const { name, machine } = record;
      const described = await wire.get('DescribeExecution', { executionArn: executionArn(machine, name) });
      const events = await readHistory(wire, record, findings.violations);
      findings.events += events.length;
      const found = [
        ...checkExecution(record, described, events, ledger.stops.get(name)),
        ...checkRedrives(described, events, ledger.redrives.get(name) ?? []),
        ...(tasks.get(name) ?? []).flatMap(([worker, task]) => checkTask(worker, task, events, ledger.failedPolls)),
        ...checkWaits(described, events),
        ...checkInvocations(events, invocations),
      ];
      families.note(described, events);
      findings.violations.push(...found.map((text) => `${machine} ${name}: ${text}`));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  findings.violations.push(...families.breaches());
  return findings;
}

/** Each list has each execution once. Answers those that no client started: a task did. */
async function checkLists(wire: WireClient, ledger: Ledger, found: string[]): Promise<Execution[]> {
  const nested: Execution[] = [];
  const listed = new Map<string, number>();
  for (const machine of Object.keys(MACHINES)) {
    for await (const item of wire.pages('ListExecutions', 'executions', { stateMachineArn: machineArn(machine) })) {
      const name = String(item.name);
      listed.set(name, (listed.get(name) ?? 0) + 1);
      const record = ledger.starts.get(name);
      if (record?.machine !== machine) nested.push({ machine, name });
      if (item.status === 'RUNNING') found.push(`${machine} ${name} is listed as RUNNING`);
    }
  }
  for (const { machine, name } of ledger.starts.values()) {
    if (listed.get(name) !== 1) found.push(`${machine} ${name} is listed ${listed.get(name) ?? 0} times`);
  }
  return nested;
}

/** Read both ways: the same events. */
async function readHistory(wire: WireClient, record: Execution, violations: string[]): Promise<WireEvent[]> {
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
  record: Execution,
  described: Described,
  events: WireEvent[],
  stop: StopRecord | undefined,
): string[] {
  const found = breaches(events, true);
  const disagrees = disagreement(described, events.at(-1)!);
  if (disagrees !== undefined) found.push(disagrees);
  const { input = described.input, startDate } = record;
  if (described.input !== input) found.push(`another input: ${described.input}`);
  if (events[0]?.executionStartedEventDetails?.input !== input) found.push('another input in ExecutionStarted');
  if (startDate !== undefined && described.startDate !== startDate) found.push(`another startDate than ${startDate}`);
  const { ends, failsBy = described.error } = MACHINES[record.machine]!;
  if (stop && described.stopDate !== stop.stopDate)
    found.push(`stopped at ${stop.stopDate}, says ${described.stopDate}`);
  // Whether a nested one was given up, those look at that read its parent.
  const isNested = record.input === undefined;
  if (isNested && JSON.parse(described.input).task === undefined) found.push('nobody started it');
  const isStopped = described.status === 'ABORTED' && (isNested || (stop && described.cause === stop.cause));
  if (!isStopped && !ends.includes(described.status as (typeof ends)[number])) {
    found.push(`ended ${JSON.stringify(described)} instead of ${ends.join(' or ')}`);
  }
  if (described.status === 'FAILED' && described.error !== failsBy)
    found.push(`failed by ${JSON.stringify(described)}`);
  return found;
}

/** Each redrive that was acknowledged stands in the history once, at its time, and no other. */
function checkRedrives({ redriveCount }: Described, events: WireEvent[], wanted: number[]): string[] {
  const dates = events.filter(({ type }) => type === 'ExecutionRedriven').map(({ timestamp }) => timestamp);
  const isSo = dates.length === wanted.length && dates.every((date, index) => date === wanted[index]);
  return isSo && redriveCount === dates.length
    ? []
    : [`redriven at [${wanted}], the history says [${dates}], DescribeExecution ${redriveCount} times`];
}

/** Nobody woke too early. */
function checkWaits({ input }: Described, events: WireEvent[]): string[] {
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
