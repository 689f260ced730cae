import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeActivity, compareActivity } from './activity';
import type { Caller } from './caller';
import { identityOf } from './identity';
import { ApiRefusal } from './refusal';
import {
  RESOURCE_TYPES,
  type RegisteredAttributes,
  type RegisteredMachine,
  type RegisteredProperties,
} from './registered';
import { changeMachine, compareMachine, type WantedMachine } from './state-machine';
import { substitute } from './substitutions';
import type { Tags } from './tags';

/** What CloudFormation asks of a custom resource. */
export interface RegistrationEvent {
  RequestType: 'Create' | 'Update' | 'Delete';
  ResponseURL: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  ResourceType: string;
  PhysicalResourceId?: string;
  ResourceProperties: RegisteredProperties;
  OldResourceProperties?: Partial<RegisteredProperties>;
}

export interface Registration {
  physicalId: string;
  attributes: RegisteredAttributes | undefined;
}

/** Whose a machine is: a stack changes and deletes nothing that another one made, or a person. */
const OWNER_TAG = 'stepwell:owner';

/** Does what CloudFormation asks; asked again, it comes out the same. Rejects with the reason of a failure. */
export async function register(api: Caller, event: RegistrationEvent): Promise<Registration> {
  const { RequestType, PhysicalResourceId: before = '', ResourceProperties } = event;
  if (RequestType === 'Delete') return unregister(api, event);
  const type = typeOf(event);
  const { partition, region, account } = await identityOf(api);
  const arn = `arn:${partition}:states:${region}:${account}:${type}:${ResourceProperties.Name}`;
  // Another name is another resource: CloudFormation deletes the one before.
  if (arn !== before) await checkOwner(api, arn, ownerOf(event));
  const tags: Tags = { ...ResourceProperties.Tags, [OWNER_TAG]: ownerOf(event) };
  if (type === 'activity') await bringActivity(api, arn, ResourceProperties.Name, tags);
  else await bringMachine(api, wantedMachine(arn, ResourceProperties as RegisteredMachine, tags));
  await removeTags(api, arn, event);
  return { physicalId: arn, attributes: { Arn: arn, Name: ResourceProperties.Name } };
}

const typeOf = ({ ResourceType }: RegistrationEvent): 'activity' | 'stateMachine' =>
  ResourceType === RESOURCE_TYPES.activity ? 'activity' : 'stateMachine';

const TAG_VALUE_MAX = 256;

/** The stack and the place in it; a stack that is made anew is another one. */
function ownerOf({ StackId, LogicalResourceId }: RegistrationEvent): string {
  const owner = `${StackId.split('/').slice(1).join('/')}/${LogicalResourceId}`;
  return owner.length <= TAG_VALUE_MAX ? owner : createHash('sha256').update(owner).digest('hex');
}

/** Undefined where there is nothing. */
async function ownerThere(api: Caller, resourceArn: string): Promise<string | undefined> {
  try {
    const { tags } = await api.call<{ tags: { key: string; value: string }[] }>('ListTagsForResource', { resourceArn });
    return tags.find(({ key }) => key === OWNER_TAG)?.value ?? '';
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'ResourceNotFound') return undefined;
    throw error;
  }
}

async function checkOwner(api: Caller, arn: string, owner: string): Promise<void> {
  const there = await ownerThere(api, arn);
  if (there === undefined || there === owner) return;
  throw new Error(`${arn} is there already, and not of this stack: delete it, or give another name`);
}

async function bringActivity(api: Caller, arn: string, name: string, tags: Tags): Promise<void> {
  const wanted = { name, arn, tags };
  await changeActivity(api, wanted, await compareActivity(api, wanted));
}

/** One that is deleted has executions to stop first. */
const DELETING_TRIES_MAX = 60;
const DELETING_PAUSE_MS = 2_000;

async function bringMachine(api: Caller, wanted: WantedMachine): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const change = await compareMachine(api, wanted);
    if (change.action !== 'refuse') return changeMachine(api, wanted, change);
    if (!change.isTransient || attempt === DELETING_TRIES_MAX) throw new Error(`${wanted.arn}: ${change.reason}`);
    await sleep(DELETING_PAUSE_MS);
  }
}

function wantedMachine(arn: string, given: RegisteredMachine, tags: Tags): WantedMachine {
  const { Name, Definition, Substitutions = {}, RoleArn, Type, TracingEnabled, Logging } = given;
  const logging = Logging && {
    level: Logging.Level,
    includeExecutionData: String(Logging.IncludeExecutionData) === 'true',
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: Logging.LogGroupArn } }],
  };
  return {
    name: Name,
    arn,
    definition: substitute(Definition, Substitutions).text,
    roleArn: RoleArn,
    type: Type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    // Switched off is something too: what an earlier version of the stack had goes.
    loggingConfiguration: logging ?? { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: String(TracingEnabled) === 'true' },
    tags,
  };
}

/** Tags that the stack gave once, and does no longer. */
async function removeTags(api: Caller, resourceArn: string, event: RegistrationEvent): Promise<void> {
  const { OldResourceProperties: old, ResourceProperties: now } = event;
  const tagKeys = Object.keys(old?.Tags ?? {}).filter((key) => !Object.hasOwn(now.Tags ?? {}, key));
  if (tagKeys.length > 0) await api.call('UntagResource', { resourceArn, tagKeys });
}

async function unregister(api: Caller, event: RegistrationEvent): Promise<Registration> {
  const { PhysicalResourceId: arn = '' } = event;
  const done = { physicalId: arn, attributes: undefined };
  // One that was never made has no ARN.
  if (!arn.startsWith('arn:') || (await ownerThere(api, arn)) !== ownerOf(event)) return done;
  if (typeOf(event) === 'activity') await api.call('DeleteActivity', { activityArn: arn });
  else await api.call('DeleteStateMachine', { stateMachineArn: arn });
  return done;
}
