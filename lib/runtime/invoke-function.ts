import { type JsonObject, JsonSyntaxError, stringifyJson } from '../asl/json';
import { printJson } from '../asl/shared-text';
import type { Ports } from '../ports';
import type { Clock } from '../ports/clock';
import type { TaskResult } from '../ports/queue';
import type { Arns } from './arns';
import { readPatiently } from './patiently';
import { type Members, ownResponse, withMetadata } from './service-answers';

/**
 * `lambda:invoke`. A Payload that is a text is sent as it is, any other as JSON; a failure's cause is printed again,
 * without white space (recorded on AWS).
 */
export async function invokeFunction(
  { functions, clock }: Pick<Ports, 'functions' | 'clock'>,
  arns: Arns,
  parameters: JsonObject,
  requestId: string,
): Promise<TaskResult> {
  const text = (name: string): string | undefined => {
    const value = parameters.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const payload = parameters.get('Payload') ?? null;
  const result = await functions.invoke(
    functionArnOf(arns, text('FunctionName') ?? '', text('Qualifier')),
    typeof payload === 'string' ? payload : printJson(payload),
    { invocationType: text('InvocationType'), logType: text('LogType'), clientContext: text('ClientContext') },
  );
  if ('error' in result) return { error: result.error, cause: (await compacted(clock, result.cause)) ?? result.cause };
  const { response = ownResponse(requestId) } = result;
  const members: [string, string][] = [
    ['ExecutedVersion', JSON.stringify(response.headers['x-amz-executed-version'] ?? '$LATEST')],
    // What is no JSON is a text.
    ['Payload', (await compacted(clock, result.payload)) ?? stringifyJson(result.payload)],
    ['StatusCode', String(response.status)],
  ];
  const log = response.headers['x-amz-log-result'];
  if (log !== undefined) members.push(['LogResult', JSON.stringify(log)]);
  return { output: withMetadata(members satisfies Members, response) };
}

/** From a name, a partial ARN or an ARN, each with a qualifier or without. */
function functionArnOf(arns: Arns, name: string, qualifier: string | undefined): string {
  const [, account, rest] = /^(?:(\d{12}):)?(?:function:)?([^:]+(?::[^:]+)?)$/.exec(name) ?? [];
  const arn = name.startsWith('arn:') || rest === undefined ? name : arns.lambdaFunction(rest, account);
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** Undefined for what is no JSON. */
async function compacted(clock: Clock, text: string): Promise<string | undefined> {
  try {
    const { value, compact } = await readPatiently(clock, text);
    return compact ? text : stringifyJson(value);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
