import { isDeepStrictEqual } from 'node:util';
import type { Caller } from './caller';
import { ApiRefusal } from './refusal';
import { addTags, missingTags, type Tags, tagList } from './tags';

/** A state machine as it is to be. */
export interface WantedMachine {
  name: string;
  arn: string;
  definition: string;
  roleArn: string;
  type: 'STANDARD' | 'EXPRESS';
  /** As the API has them; undefined leaves what is there. */
  loggingConfiguration?: object;
  tracingConfiguration?: object;
  tags: Tags;
}

/** What is done to make a machine as it is to be: nothing, or what differs. */
export type MachineChange =
  | { action: 'create' }
  | { action: 'update'; differences: string[] }
  | { action: 'none' }
  /** Nothing that an update can do. */
  | { action: 'refuse'; reason: string; isTransient: boolean };

interface DescribedMachine {
  definition: string;
  roleArn: string;
  type: string;
  status: string;
  loggingConfiguration?: object;
  tracingConfiguration?: object;
}

/** Looks at what is there. Changes nothing. */
export async function compareMachine(api: Caller, wanted: WantedMachine): Promise<MachineChange> {
  const there = await describe(api, wanted.arn);
  if (!there) return { action: 'create' };
  if (there.status === 'DELETING') {
    const reason = 'a state machine of this name is being deleted; try again when it is gone';
    return { action: 'refuse', reason, isTransient: true };
  }
  if (there.type !== wanted.type) {
    return {
      action: 'refuse',
      reason: `it is ${there.type} there and would be ${wanted.type}: delete it first, its type cannot change`,
      isTransient: false,
    };
  }
  const differences = settingsOf(wanted)
    .filter(([name, value]) => value !== undefined && !isSame(name, value, there[name]))
    .map(([name]) => name as string);
  if ((await missingTags(api, wanted.arn, wanted.tags)).length > 0) differences.push('tags');
  return differences.length > 0 ? { action: 'update', differences } : { action: 'none' };
}

/** Does what `compareMachine` said. Rejects with ApiRefusal. */
export async function changeMachine(api: Caller, wanted: WantedMachine, change: MachineChange): Promise<void> {
  if (change.action === 'create') {
    const { arn, tags, ...settings } = wanted;
    await api.call('CreateStateMachine', { ...settings, tags: tagList(tags) });
  } else if (change.action === 'update') {
    const changed = settingsOf(wanted).filter(([name]) => change.differences.includes(name));
    if (changed.length > 0) {
      await api.call('UpdateStateMachine', { stateMachineArn: wanted.arn, ...Object.fromEntries(changed) });
    }
    await addTags(api, wanted.arn, wanted.tags);
  }
}

/** Undefined where there is none. */
async function describe(api: Caller, stateMachineArn: string): Promise<DescribedMachine | undefined> {
  try {
    return await api.call<DescribedMachine>('DescribeStateMachine', { stateMachineArn });
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'StateMachineDoesNotExist') return undefined;
    throw error;
  }
}

const UPDATED = ['definition', 'roleArn', 'loggingConfiguration', 'tracingConfiguration'] as const;

const settingsOf = (wanted: WantedMachine) => UPDATED.map((name) => [name, wanted[name]] as const);

function isSame(name: (typeof UPDATED)[number], wanted: unknown, there: unknown): boolean {
  if (name !== 'definition') return isDeepStrictEqual(wanted, there);
  return wanted === there || isDeepStrictEqual(jsonIn(wanted as string), jsonIn(there as string));
}

/** Of text that is not JSON: a value that equals nothing. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Symbol('not JSON');
  }
}
