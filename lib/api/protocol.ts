import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { ApiRefusal, OwnAnswer } from '../ports/own-api';
import { StoreUnavailable } from '../ports/store-error';
import type { Runtime } from '../runtime';
import { type Action, JsonText } from './action';
import { ACTIONS } from './actions';
import { ApiError } from './errors';
import { RequestRates } from './rates';
import type { ApiRequest, ApiResponse } from './request';
import { compileShape, type InputCheck } from './shape';
import type { Verifier } from './sigv4';

const TARGET_PREFIX = 'AWSStepFunctions.';
const CONTENT_TYPE = 'application/x-amz-json-1.0';

export interface ApiSettings {
  /** Without one, any signature is accepted and none is needed. */
  verifier?: Verifier | undefined;
  /** Paths under which the API is served; `/` alone by default. */
  paths?: readonly string[];
  /** Actions that are done elsewhere, in this process's place. */
  elsewhere?: Elsewhere | undefined;
  /** Told of faults: what went wrong, and in which request. Clients see none of it. */
  onFault(error: unknown, request: FaultyRequest): void;
  /** Told of every answer: `action` is undefined where the request names none that there is. */
  onAnswer?(answer: Answered): void;
}

/** What may be said of a request: nothing that its client wants kept. */
interface FaultyRequest {
  requestId: string;
  /** Undefined where it names none that there is. */
  action: string | undefined;
  /** Of the execution that a verified request names. */
  executionArn: string | undefined;
}

export interface Answered {
  action: string | undefined;
  status: number;
  tookMs: number;
}

/** Who does an action, by its name: with input that was checked. Rejects with StoreUnavailable. */
export type Elsewhere = ReadonlyMap<string, (input: Record<string, unknown>) => Promise<OwnAnswer | ApiRefusal>>;

export type Api = (request: ApiRequest) => Promise<ApiResponse>;

/** The API over a runtime: AWS JSON 1.0 (api.md section 1). Never rejects. */
export function createApi(
  runtime: Runtime,
  { verifier, paths = ['/'], elsewhere, onFault, onAnswer }: ApiSettings,
): Api {
  const { clock } = runtime.ports;
  const { limits } = runtime.settings;
  const rates = new RequestRates(limits.requestRates, () => clock.nowMs());
  const targets = new Map<string, Target>();
  for (const [name, action] of ACTIONS) {
    targets.set(TARGET_PREFIX + name, { name, action, check: compileShape(action.shape(limits)) });
  }

  const perform = async (request: ApiRequest, { name, action, check }: Target, about: About): Promise<string> => {
    if (request.body.length > limits.requestBytes) {
      throw new ApiError('RequestEntityTooLarge', String(limits.requestBytes));
    }
    const body = parseBody(request.body);
    if (verifier) {
      const key = await verifier.verify(request);
      if (key.allowedActions && !key.allowedActions.includes(name)) {
        const denial = `User: ${key.principal} is not authorized to perform: states:${name}`;
        throw new ApiError('AccessDeniedException', denial);
      }
    }
    rates.take(name);
    const input = check(body);
    if (typeof input.executionArn === 'string') about.executionArn = input.executionArn;
    const other = elsewhere?.get(name);
    const answer = other ? answerOf(await other(input)) : await action.handle(runtime, input as never, request);
    return answer instanceof JsonText ? answer.text : JSON.stringify(answer);
  };

  return async (request) => {
    const requestId = randomUUID();
    const beginMs = clock.nowMs();
    let target: Target | undefined;
    const about: About = { executionArn: undefined };
    let answer: ApiResponse;
    try {
      target = targetOf(request, paths, targets);
      answer = respond(200, requestId, await perform(request, target, about));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.shape.status >= 500) onFault(error, { requestId, action: target?.name, ...about });
      answer = refuse(refusal, requestId);
    }
    onAnswer?.({ action: target?.name, status: answer.status, tookMs: clock.nowMs() - beginMs });
    return answer;
  };
}

function answerOf(result: OwnAnswer | ApiRefusal): object {
  if ('code' in result) throw ApiError.of(result);
  return result.answer;
}

/** Only what is meant for clients reaches them. */
function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(error instanceof StoreUnavailable ? 'ServiceUnavailable' : 'InternalFailure');
}

function refuse(error: ApiError, requestId: string): ApiResponse {
  const { namespace, name, status, message, messageMember = 'message' } = error.shape;
  const text = message === undefined ? {} : { [messageMember]: error.message };
  const members = { __type: `${namespace}#${name}`, ...text, ...error.members };
  return respond(status, requestId, JSON.stringify(members));
}

function respond(status: number, requestId: string, body: string): ApiResponse {
  return { status, headers: ['Content-Type', CONTENT_TYPE, 'x-amzn-RequestId', requestId], body };
}

/** What is known of a request once it is verified and its input is checked. */
type About = Pick<FaultyRequest, 'executionArn'>;

interface Target {
  name: string;
  action: Action;
  check: InputCheck;
}

function targetOf(request: ApiRequest, paths: readonly string[], targets: ReadonlyMap<string, Target>): Target {
  const { method, path, headers } = request;
  if (method !== 'POST' || !paths.includes(path) || !isJsonType(headers['content-type'])) {
    throw new ApiError('UnknownPath');
  }
  const target = targets.get(headers['x-amz-target'] ?? '');
  if (!target) throw new ApiError('UnknownOperationException');
  return target;
}

function isJsonType(contentType: string | undefined): boolean {
  if (contentType === CONTENT_TYPE) return true;
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type === CONTENT_TYPE || type === 'application/json';
}

function parseBody(body: Buffer): Record<string, unknown> {
  if (!isUtf8(body)) throw new ApiError('SerializationException', 'The body is not UTF-8');
  if (isDeep(body)) throw new ApiError('SerializationException', 'The body is nested too deep');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    throw new ApiError('SerializationException', 'The body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ApiError('SerializationException', 'Unexpected field type');
  }
  return parsed as Record<string, unknown>;
}

const DEPTH_MAX = 1_000;
const [QUOTE, BACKSLASH, OPEN_ARRAY, OPEN_OBJECT, CLOSE_ARRAY, CLOSE_OBJECT] = Buffer.from('"\\[{]}');

/** Whether brackets in it are nested so deep that parsing them takes long. */
function isDeep(body: Buffer): boolean {
  if (body.length < 2 * DEPTH_MAX) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (inString && byte === BACKSLASH) at++;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) continue;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
