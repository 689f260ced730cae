import { resolve } from 'node:path';
import type { Answer, Request } from './connections';

/** Every error of api.md sections 2.1, 4 and 7, with its status. Names that are not here are not documented. */
const SERVICE_ERRORS = [
  'ActivityDoesNotExist',
  'ActivityLimitExceeded',
  'ActivityWorkerLimitExceeded',
  'ExecutionAlreadyExists',
  'ExecutionDoesNotExist',
  'ExecutionLimitExceeded',
  'InvalidArn',
  'InvalidDefinition',
  'InvalidEncryptionConfiguration',
  'InvalidExecutionInput',
  'InvalidLoggingConfiguration',
  'InvalidName',
  'InvalidOutput',
  'InvalidToken',
  'InvalidTracingConfiguration',
  'ResourceNotFound',
  'StateMachineAlreadyExists',
  'StateMachineDeleting',
  'StateMachineDoesNotExist',
  'StateMachineLimitExceeded',
  'StateMachineTypeNotSupported',
  'TaskDoesNotExist',
  'TaskTimedOut',
  'TooManyTags',
];
const STATUSES = new Map<string, readonly number[]>([
  ...SERVICE_ERRORS.map((name): [string, number[]] => [name, [400]]),
  ['ValidationException', [400]],
  ['SerializationException', [400]],
  ['ThrottlingException', [400]],
  ['UnknownOperationException', [400, 404, 405, 415]],
  ['RequestEntityTooLarge', [413]],
  ['IncompleteSignatureException', [400]],
  ['InvalidSignatureException', [400, 403]],
  ['MissingAuthenticationTokenException', [400, 403]],
  ['UnrecognizedClientException', [400, 403]],
  ['AccessDeniedException', [400]],
  ['ExpiredTokenException', [403]],
  ['MalformedQueryString', [404]],
]);

/** What only our own process can know; none of it may be in an answer that did not get it from its request. */
const INSIDES = [
  /\bat (?:async |new )?[\w$.<>]+ \(/,
  /\bat Object\./,
  /[\w-]\.(?:ts|js|cjs|mjs):\d/,
  /node:internal/,
  /node_modules/,
  /\b(?:Type|Range|Reference|Internal)Error\b/,
  /Cannot read propert/,
  /is not a function/,
  /Maximum call stack/,
  /SQLITE|sqlite/,
  /\[object Object\]/,
  /\b(?:undefined|NaN)\b/,
  new RegExp(resolve(__dirname, '../../..').replace(/[^\w/]/g, '\\$&')),
];

/** What is wrong with an answer, whatever the request was; undefined when nothing is. */
export function complaintOf(request: Request, answer: Answer): string | undefined {
  const { status } = answer;
  if (status >= 500) return 'a 5xx';
  const leak = leakOf(request, answer);
  if (leak) return `shows insides (${leak})`;
  // Broken HTTP never reaches the API.
  if (request.raw !== undefined) return status >= 400 || status === 200 ? undefined : `status ${status}`;
  if (status === 417) return undefined;
  return complaintOfApi(request, answer);
}

function complaintOfApi({ method, path }: Request, { status, headers, body }: Answer): string | undefined {
  if (method === 'HEAD') return body === '' ? undefined : 'a body for HEAD';
  if (path === '/health') return status === 200 ? undefined : 'no health';
  if (headers['x-amzn-requestid'] === undefined) return 'no request id';
  const parsed = parse(body);
  if (typeof parsed !== 'object' || parsed === null) return 'a body that is no JSON object';
  if (status === 200) return '__type' in parsed ? 'a 200 with an error' : undefined;
  const type = (parsed as { __type?: unknown }).__type;
  const [, name = ''] = /^com\.[a-z0-9.]+#(\w+)$/i.exec(String(type)) ?? [];
  return STATUSES.get(name)?.includes(status) ? undefined : `not documented: ${status} ${type}`;
}

function leakOf(request: Request, { headers, body }: Answer): string | undefined {
  const told = JSON.stringify(headers) + body;
  const asked = [request.raw, request.path, request.body, JSON.stringify(request.headers)].map(String).join('\n');
  const found = INSIDES.find((inside) => inside.test(told) && !inside.test(asked));
  return found?.source;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
