import assert from 'node:assert/strict';
import type { EventDetails, HistoryEvent } from '../../lib/engine/history-event';
import { Payload } from '../../lib/engine/payload';
import type { TaskWait } from '../../lib/engine/snapshot';
import type { Verdict } from '../../lib/engine/trigger';
import { JournaledRun, type Surroundings } from './journaled-run';

/** The words in which the cases of the engine are written: machines, what happens to them, and histories. */

export const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:work';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

export type Fields = Record<string, unknown>;

/** A definition that starts at the first of the states. */
export function machine(states: Record<string, Fields>, fields: Fields = {}): string {
  return JSON.stringify({ ...branch(states), ...fields });
}

const branch = (states: Record<string, Fields>): Fields => ({ StartAt: Object.keys(states)[0], States: states });

export const pass = (fields: Fields = {}): Fields => ({ Type: 'Pass', ...endless(fields) });
export const activity = (fields: Fields = {}): Fields => ({ Type: 'Task', Resource: ACTIVITY, ...endless(fields) });
export const lambda = (fields: Fields = {}): Fields => ({ Type: 'Task', Resource: FUNCTION, ...endless(fields) });
export const wait = (fields: Fields): Fields => ({ Type: 'Wait', ...endless(fields) });
export const fail = (error?: string, cause?: string): Fields => ({ Type: 'Fail', Error: error, Cause: cause });
export const parallel = (branches: Record<string, Fields>[], fields: Fields = {}): Fields => ({
  Type: 'Parallel',
  Branches: branches.map(branch),
  ...endless(fields),
});

export const map = (states: Record<string, Fields>, fields: Fields = {}): Fields => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...branch(states) },
  ...endless(fields),
});

/** Its items run as executions of their own. */
export const distributed = (states: Record<string, Fields>, fields: Fields = {}): Fields => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...branch(states) },
  ...endless(fields),
});

const endless = (fields: Fields): Fields => ('Next' in fields ? fields : { ...fields, End: true });

export type Step = (run: JournaledRun) => Promise<unknown>;

/** A worker takes the oldest task that nobody has (of that state). */
export const taken =
  (stateName?: string, workerName?: string): Step =>
  async (run) => {
    const task = run.tasks(stateName).find(({ claim }) => claim === undefined);
    assert(task, `no task to take${stateName ? ` in ${stateName}` : ''}`);
    const claim = `claim of ${task.eventId}`;
    expectVerdict('applied', await run.turn({ type: 'TaskTaken', taskEventId: task.eventId, claim, workerName }));
  };

/** The oldest task that a worker has (of that state) succeeds. */
export const succeeded =
  (output: string, stateName?: string): Step =>
  async (run) => {
    const task = takenTask(run, stateName);
    const result = { taskEventId: task.eventId, claim: claimOf(task), output: Payload.ofText(output) };
    expectVerdict('applied', await run.turn({ type: 'TaskSucceeded', ...result }));
  };

export const failed =
  (error?: string, cause?: string, stateName?: string): Step =>
  async (run) => {
    const task = takenTask(run, stateName);
    const result = { taskEventId: task.eventId, claim: claimOf(task), error, cause };
    expectVerdict('applied', await run.turn({ type: 'TaskFailed', ...result }));
  };

export const beaten =
  (stateName?: string): Step =>
  async (run) =>
    run.beat(takenTask(run, stateName));

export const wound =
  (seconds: number): Step =>
  (run) =>
    run.wind(seconds);

export const stopped =
  (error?: string, cause?: string): Step =>
  async (run) =>
    expectVerdict('applied', await run.turn({ type: 'StopRequested', error, cause }));

export const redriven =
  (clientToken?: string): Step =>
  async (run) =>
    expectVerdict('applied', await run.turn({ type: 'RedriveRequested', clientToken }));

function takenTask(run: JournaledRun, stateName: string | undefined): TaskWait {
  const task = run.tasks(stateName).find(({ claim }) => claim !== undefined);
  assert(task, `no task under way${stateName ? ` in ${stateName}` : ''}`);
  return task;
}

/** Results of functions carry the claim of their worker, those of activities come by token. */
const claimOf = (task: TaskWait): string | undefined => (task.kind === 'lambda' ? task.claim : undefined);

const expectVerdict = (expected: Verdict, verdicts: Verdict[]): void => assert.deepEqual(verdicts, [expected]);

export interface Scenario extends Surroundings {
  machine: string;
  steps?: Step[];
}

export async function play({ machine, steps = [], ...surroundings }: Scenario): Promise<JournaledRun> {
  const run = await JournaledRun.start(machine, surroundings);
  for (const step of steps) await step(run);
  return run;
}

/** `1<0 ExecutionStarted, 2<0 PassStateEntered, ...` */
export const historyOf = ({ events }: JournaledRun): string => events.map(shortOf).join(', ');

const shortOf = ({ id, previousEventId, type }: HistoryEvent): string => `${id}<${previousEventId} ${type}`;

/** A history as the tests write it: over several lines. */
export const lines = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** The details of an event, payloads as texts; members that are unknown left out. */
export function detailsOf(run: JournaledRun, id: number): Fields | undefined {
  const { details } = run.events[id - 1]!;
  if (!details) return undefined;
  const shown = Object.entries(details).map(([name, value]) => [name, shownOf(value)]);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

function shownOf(value: EventDetails[string]) {
  if (value instanceof Payload) return value.text;
  return value instanceof Map ? Object.fromEntries([...value].map(([name, { text }]) => [name, text])) : value;
}

/** How it ended: status and output, or status, error and cause. */
export function endOf(run: JournaledRun): Fields {
  const { status, snapshot, output } = run;
  const { error, cause } = snapshot.end ?? {};
  return Object.fromEntries(
    Object.entries({ status, output, error, cause }).filter(([, value]) => value !== undefined),
  );
}

/** The prefix of AWS's texts for what went wrong in a state. */
export const inState = (name: string, enteredEventId: number): string =>
  `An error occurred while executing the state '${name}' (entered at the event id #${enteredEventId}). `;
