import type { State } from '../asl/definition/program';
import type { Json, JsonObject } from '../asl/json';
import type { Path } from '../asl/path/grammar';
import { readsContext } from '../asl/template/context';
import { itemAt } from './iterations';
import type { Payload } from './payload';
import type { Frame } from './snapshot';
import type { Turn } from './turn';

/** What an iteration of a Map state works on: `$$.Map.Item`. */
export interface MapItem {
  index: number;
  payload: Payload;
}

/**
 * The context object, `$$` (asl.md section 9; order and members recorded on AWS): only what the path may look at is
 * there. `item` is that of an iteration that has no frame yet.
 */
export function contextOf(turn: Turn, frame: Frame, path: Path, item = mapItemOf(turn, frame)): Json {
  const context: JsonObject = new Map();
  if (readsContext(path, 'Execution')) context.set('Execution', executionOf(turn, path));
  if (readsContext(path, 'StateMachine')) {
    const { machineName } = turn.execution;
    context.set('StateMachine', object(['Id', turn.world.stateMachineArn(machineName)], ['Name', machineName]));
  }
  const state = turn.stateOf(frame);
  if (readsContext(path, 'State')) context.set('State', stateOf(frame, state));
  if (readsContext(path, 'Task') && givesTaskToken(state)) {
    context.set('Task', object(['Token', turn.world.taskToken(taskEventIdOf(turn, frame))]));
  }
  if (readsContext(path, 'Map') && item) {
    context.set('Map', object(['Item', object(['Index', item.index], ['Value', item.payload.value])]));
  }
  return context;
}

function executionOf(turn: Turn, path: Path): Json {
  const { machineName, name, input, startMs, roleArn } = turn.execution;
  return object(
    ['Id', turn.world.executionArn(machineName, name)],
    ['Input', readsContext(path, 'Execution', 'Input') ? input.value : null],
    ['StartTime', isoTime(startMs)],
    ['Name', name],
    ['RoleArn', roleArn],
    ['RedriveCount', turn.redrive?.count ?? 0],
    ...(turn.redrive ? [['RedriveTime', isoTime(turn.redrive.atMs)] as [string, Json]] : []),
  );
}

/** Retries are counted where there may be any: in states that have Retry (recorded on AWS). */
function stateOf(frame: Frame, state: State): Json {
  const members: [string, Json][] = [['Name', frame.stateName]];
  if (frame.enteredMs !== undefined) members.push(['EnteredTime', isoTime(frame.enteredMs)]);
  if ('retry' in state) {
    const count = frame.retries.reduce((sum, attempts) => sum + attempts, 0);
    members.push(['RetryCount', count]);
  }
  return object(...members);
}

const givesTaskToken = (state: State): boolean => state.type === 'Task' && state.resource.endsWith('.waitForTaskToken');

/** A task that is not scheduled yet is named by the next event. */
const taskEventIdOf = (turn: Turn, { waiting }: Frame): number =>
  waiting.on === 'task' ? waiting.eventId : turn.nextEventId;

/** The item of the innermost iteration that the frame is in. */
function mapItemOf(turn: Turn, frame: Frame): MapItem | undefined {
  for (let at: Frame | undefined = frame; at?.parentId !== undefined; at = turn.frame(at.parentId)) {
    if (at.itemAt === undefined) continue;
    const { waiting } = turn.frame(at.parentId)!;
    return waiting.on === 'iterations' ? { index: at.index, payload: itemAt(waiting, at.itemAt) } : undefined;
  }
  return undefined;
}

const object = (...members: [string, Json][]): JsonObject => new Map(members);

const isoTime = (ms: number): string => new Date(ms).toISOString();
