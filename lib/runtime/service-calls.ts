import { type ServiceTask, serviceTaskOf } from '../asl/definition/integrations';
import { isNumber, isObject, type Json, type JsonObject, numberOf } from '../asl/json';
import { printJson, rememberParsed } from '../asl/shared-text';
import type { TaskWait } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { TaskResult } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import type { Arns } from './arns';
import { invokeFunction } from './invoke-function';
import { callOwnApi, startNested } from './own-calls';
import { readPatiently } from './patiently';
import { objectOf, refusalOf, withMetadata } from './service-answers';

/** The execution whose task calls. */
export interface Caller {
  run: RunRef;
  executionArn: string;
  /** Whether others find it by its run: what it starts asks it then whether it is waited for. */
  isStored: boolean;
}

/** Calls the services that tasks name, by the table of integrations. */
export class ServiceCalls {
  constructor(
    private readonly ports: Pick<Ports, 'functions' | 'services' | 'ownApi' | 'ids' | 'clock'>,
    private readonly arns: Arns,
  ) {}

  /** Rejects with StoreUnavailable, where it is this service itself that is called. */
  async call(caller: Caller, task: TaskWait, payload: string): Promise<TaskResult> {
    const service = serviceTaskOf(task.resource)!;
    const { texts, sources } = service.integration;
    const given = withTexts((await this.read(payload)) as JsonObject, texts);
    const ownArns = [this.arns.machine(caller.run.machineName), caller.executionArn];
    const parameters = sources === undefined ? given : withEach(given, sources, appending(ownArns));
    const requestId = this.ports.ids.uuid();
    switch (`${service.resourceType}:${service.action}`) {
      case 'lambda:invoke':
        return waitsOn(service, await invokeFunction(this.ports, this.arns, parameters, requestId));
      case 'states:startExecution':
        return startNested(this.ports.ownApi, service, caller, task, parameters, requestId);
    }
    const { client } = service.integration;
    if (client === undefined) return callOwnApi(this.ports.ownApi, service, parameters, requestId);
    return waitsOn(service, await this.callClient(service, client, parameters));
  }

  /** What is long in it has its text from here: nobody prints that again. */
  private async read(text: string): Promise<Json> {
    const read = await readPatiently(this.ports.clock, text);
    rememberParsed(read, text);
    return read.value;
  }

  private async callClient(service: ServiceTask, client: string, parameters: JsonObject): Promise<TaskResult> {
    const { errors, failures } = service.integration;
    const result = await this.ports.services.call({
      name: `${service.resourceType}:${service.action}`,
      service: client,
      action: service.action,
      parameters: printJson(parameters),
      dates: errors ? 'milliseconds' : 'iso',
    });
    if ('error' in result) return result;
    if ('refusal' in result) return refusalOf(service, result.refusal);
    const answer = (await this.read(result.output)) as JsonObject;
    const failed = failures && answer.get(failures.member);
    if (failures && isNumber(failed) && numberOf(failed) > 0) return { error: failures.error, cause: result.output };
    const members = [...answer].map(([name, value]): [string, string] => [name, printJson(value)]);
    return { output: errors ? withMetadata(members, result.response) : objectOf(members) };
  }
}

/** An answer, for a task that goes on waiting once it has one. */
const waitsOn = ({ pattern }: ServiceTask, result: TaskResult): TaskResult =>
  pattern === 'request' || !('output' in result) ? result : { submitted: result.output };

/** Parameters in which what is to be sent as text is text. A null is what is not given. */
function withTexts(parameters: JsonObject, texts: readonly string[]): JsonObject {
  const given = new Map([...parameters].filter(([, value]) => value !== null));
  return texts.reduce(
    (all, path) => withEach(all, path, (value) => (value === undefined ? value : textOf(value))),
    given,
  );
}

/** With other values at the places of a path: `Name`, or `Name[].Member` for a member of each item of a list. */
function withEach(object: JsonObject, path: string, change: (value: Json | undefined) => Json | undefined): JsonObject {
  const [name, member] = path.split('[].') as [string, string | undefined];
  if (member === undefined) return withMember(object, name, change);
  return withMember(object, name, (list) =>
    Array.isArray(list) ? list.map((item) => (isObject(item) ? withMember(item, member, change) : item)) : list,
  );
}

function withMember(
  object: JsonObject,
  name: string,
  change: (value: Json | undefined) => Json | undefined,
): JsonObject {
  const changed = change(object.get(name));
  return changed === undefined ? object : new Map(object).set(name, changed);
}

/** What is no list stays, for the service to refuse. */
const appending =
  (more: string[]) =>
  (value: Json | undefined): Json =>
    Array.isArray(value) ? [...value, ...more] : (value ?? more);

const textOf = (value: Json): string => (typeof value === 'string' ? value : printJson(value));
