import { ASSUMED } from './assumptions';
import { gbSeconds, sumOf, timesOf, type Usage } from './pricing';

const HOURS = 730;
const MINUTES = HOURS * 60;
const SECONDS = MINUTES * 60;

export interface IdleRow {
  title: string;
  /** Of a month of 730 hours. */
  usage: Usage;
}

/** What a stack takes that nobody uses, and what a worker takes that waits. `minute` and `audit`: one, idle. */
export function idleRows(minute: Usage, audit: Usage): IdleRow[] {
  const { emptyReceivesPerMinute, eventSources, alarmMetrics, dashboards, secrets } = ASSUMED;
  return [
    {
      title: 'empty receives of the two event source mappings',
      usage: { queueRequests: eventSources * emptyReceivesPerMinute * MINUTES },
    },
    { title: 'the minute function', usage: timesOf(minute, MINUTES) },
    { title: 'the audit, once an hour', usage: timesOf(audit, HOURS) },
    { title: `alarms, on ${alarmMetrics} metrics`, usage: { alarmMonths: alarmMetrics } },
    { title: 'the dashboard', usage: { dashboardMonths: dashboards } },
    { title: 'the master secret', usage: { secretMonths: secrets } },
  ];
}

/** A worker that polls without a break and gets nothing. */
export function waitingWorker(): Usage {
  const { pollSeconds, memoryMb, handlerMs } = ASSUMED;
  const poll = {
    apiRequests: 1,
    invocations: 1,
    gbSeconds: gbSeconds(pollSeconds * 1000 + handlerMs, memoryMb.poll),
    queueRequests: 1,
    readUnits: 1,
  };
  return timesOf(poll, SECONDS / pollSeconds);
}

/** A state machine in its first month with executions: each of its metrics, wherever it runs for an hour. */
export const runningMachine = (): Usage => ({ metricMonths: ASSUMED.machineMetrics });

export const totalOf = (rows: readonly IdleRow[]): Usage => sumOf(rows.map(({ usage }) => usage));
