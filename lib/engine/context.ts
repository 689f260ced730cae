import { serviceTaskOf } from '../asl/definition/integrations';
import type { State } from '../asl/definition/program';
import type { Json, JsonObject } from '../asl/json';
import type { Path } from '../asl/path/grammar';
import { readsContext } from '../asl/template/context';
import { itemAt } from './iterations';
import type { Payload } from './payload';
import { type Frame, retryCountOf } from './snapshot';
import type { Turn } from './turn';

/** What an iteration of a Map state works on: `$$.Map.Item`. */
export interface MapItem {
  index: number;
  payload: Payload;
}

/** Where the context object is looked at. */
interface Look {
  /** Of an iteration that has no frame yet. */
  item?: MapItem | undefined;
  isTemplate?: boolean;
}

/**
 * The context object, `$$` (asl.md section 9; order and members recorded on AWS): only what the path may look at is
 * there.
 */
export function contextOf(turn: Turn, frame: Frame, path: Path, look: Look = {}): Json {
  const item = look.item ?? mapItemOf(turn, frame);
  const context: JsonObject = new Map();
  if (readsContext(path, 'Execution')) context.set('Execution', executionOf(turn, path, look.isTemplate));
  if (readsContext(path, 'StateMachine')) {
    const { machineName } = turn.execution;
    context.set('StateMachine', object(['Id', turn.world.stateMachineArn(machineName)], ['Name', machineName]));
  }
  const state = turn.stateOf(frame);
  if (readsContext(path, 'State')) context.set('State', stateOf(frame, state, path));
  if (readsContext(path, 'Task') && givesTaskToken(state)) {
    context.set('Task', object(['Token', turn.world.taskToken(taskEventIdOf(turn, frame))]));
  }
  if (readsContext(path, 'Map') && item) {
    context.set('Map', object(['Item', object(['Index', item.index], ['Value', item.payload.value])]));
  }
  return context;
}

/** What a template takes as a whole says nothing of redrives before the first; a path that names them does (recorded on AWS). */
function executionOf(turn: Turn, path: Path, isTemplate = false): Json {
  const reads = (member: string) => readsContext(path, 'Execution', member);
  const { machineName, name, input, startMs, roleArn } = turn.execution;
  const execution: JsonObject = new Map();
  if (reads('Id')) execution.set('Id', turn.world.executionArn(machineName, name));
  if (reads('Input')) execution.set('Input', input.value);
  if (reads('StartTime')) execution.set('StartTime', isoTime(startMs));
  if (reads('Name')) execution.set('Name', name);
  if (reads('RoleArn')) execution.set('RoleArn', roleArn);
  const isWhole = path.steps.length < 2;
  const { redrive } = turn;
  const isTold = redrive !== undefined || !(isTemplate && isWhole);
  if (reads('RedriveCount') && isTold) execution.set('RedriveCount', redrive?.count ?? 0);
  if (reads('RedriveTime') && redrive) execution.set('RedriveTime', isoTime(redrive.atMs));
  return execution;
}

/** Retries are counted where there may be any: in states that have Retry (recorded on AWS). */
function stateOf(frame: Frame, state: State, path: Path): Json {
  const reads = (member: string) => readsContext(path, 'State', member);
  const members: JsonObject = new Map<string, Json>([['Name', frame.stateName]]);
  if (reads('EnteredTime') && frame.enteredMs !== undefined) members.set('EnteredTime', isoTime(frame.enteredMs));
  if ('retry' in state) members.set('RetryCount', retryCountOf(frame));
  return members;
}

/** Where the task goes on waiting once its call is answered: a job, too, can be ended by its token (recorded on AWS). */
const givesTaskToken = (state: State): boolean =>
  state.type === 'Task' && state.kind === 'service' && serviceTaskOf(state.resource)?.pattern !== 'request';

/** A task that is not scheduled yet is named by the next event. */
const taskEventIdOf = (turn: Turn, { waiting }: Frame): number =>
  waiting.on === 'task' ? waiting.eventId : turn.nextEventId;

/** The item of the innermost iteration that the frame is in: cut out and read once a turn, however many look into it. */
export function mapItemOf(turn: Turn, frame: Frame): MapItem | undefined {
  for (let at: Frame | undefined = frame; at?.parentId !== undefined; at = turn.frame(at.parentId)) {
    if (at.itemAt === undefined) continue;
    const known = turn.items.get(at.id);
    if (known) return known;
    const { waiting } = turn.frame(at.parentId)!;
    if (waiting.on !== 'iterations') return undefined;
    const item = { index: at.index, payload: itemAt(waiting, at.itemAt) };
    turn.items.set(at.id, item);
    return item;
  }
  return undefined;
}

const object = (...members: [string, Json][]): JsonObject => new Map(members);

const isoTime = (ms: number): string => new Date(ms).toISOString();
