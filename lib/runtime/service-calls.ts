import { type ServiceTask, serviceTaskOf } from '../asl/definition/integrations';
import { isNumber, isObject, type Json, type JsonObject, numberOf, parseJson, stringifyJson } from '../asl/json';
import type { TaskWait } from '../engine/snapshot';
import type { Ports } from '../ports';
import type { TaskResult } from '../ports/queue';
import type { RunRef } from '../ports/run-ref';
import type { Arns } from './arns';
import { invokeFunction } from './invoke-function';
import { callOwnApi, startNested } from './own-calls';
import { objectOf, refusalOf, withMetadata } from './service-answers';

/** Calls the services that tasks name, by the table of integrations. */
export class ServiceCalls {
  constructor(
    private readonly ports: Pick<Ports, 'functions' | 'services' | 'ownApi' | 'ids'>,
    private readonly arns: Arns,
  ) {}

  /** Rejects with StoreUnavailable, where it is this service itself that is called. */
  async call(run: RunRef, task: TaskWait, payload: string): Promise<TaskResult> {
    const service = serviceTaskOf(task.resource)!;
    const parameters = withTexts(parseJson(payload).value as JsonObject, service.integration.texts);
    const requestId = this.ports.ids.uuid();
    switch (`${service.resourceType}:${service.action}`) {
      case 'lambda:invoke':
        return waitsOn(service, await invokeFunction(this.ports.functions, this.arns, parameters, requestId));
      case 'states:startExecution':
        return startNested(this.ports.ownApi, service, run, task, parameters, requestId);
    }
    const { client } = service.integration;
    if (client === undefined) return callOwnApi(this.ports.ownApi, service, parameters, requestId);
    return waitsOn(service, await this.callClient(service, client, parameters));
  }

  private async callClient(service: ServiceTask, client: string, parameters: JsonObject): Promise<TaskResult> {
    const { errors, failures } = service.integration;
    const result = await this.ports.services.call({
      name: `${service.resourceType}:${service.action}`,
      service: client,
      action: service.action,
      parameters: stringifyJson(parameters),
      dates: errors ? 'milliseconds' : 'iso',
    });
    if ('error' in result) return result;
    if ('refusal' in result) return refusalOf(service, result.refusal);
    const answer = parseJson(result.output).value as JsonObject;
    const failed = failures && answer.get(failures.member);
    if (failures && isNumber(failed) && numberOf(failed) > 0) return { error: failures.error, cause: result.output };
    const members = [...answer].map(([name, value]): [string, string] => [name, stringifyJson(value)]);
    return { output: errors ? withMetadata(members, result.response) : objectOf(members) };
  }
}

/** An answer, for a task that goes on waiting once it has one. */
const waitsOn = ({ pattern }: ServiceTask, result: TaskResult): TaskResult =>
  pattern === 'request' || !('output' in result) ? result : { submitted: result.output };

/** Parameters in which what is to be sent as text is text. A null is what is not given. */
function withTexts(parameters: JsonObject, texts: readonly string[]): JsonObject {
  const given = new Map([...parameters].filter(([, value]) => value !== null));
  for (const path of texts) {
    const [name, member] = path.split('[].') as [string, string | undefined];
    const value = given.get(name);
    if (value === undefined) continue;
    if (member === undefined) given.set(name, textOf(value));
    else if (Array.isArray(value))
      given.set(
        name,
        value.map((item) => withText(item, member)),
      );
  }
  return given;
}

function withText(item: Json, member: string): Json {
  const value = isObject(item) ? item.get(member) : undefined;
  return value === undefined ? item : new Map(item as JsonObject).set(member, textOf(value));
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : stringifyJson(value));
