import { LogGroups } from '../adapters/cloudwatch/log-groups';
import { createLogsCall } from '../adapters/cloudwatch/logs-call';
import type { Store } from '../adapters/dynamodb/store';
import { createLambdaEndpoint } from '../adapters/lambda/endpoint';
import { Sha256 } from '../adapters/lambda/sha256';
import { SdkServices } from '../adapters/services/sdk-services';
import type { Elsewhere } from '../api/protocol';
import type { AccessKeys } from '../ports/access-keys';
import type { Functions } from '../ports/functions';
import type { Services } from '../ports/services';
import { Arns } from '../runtime/arns';
import type { Limits } from '../runtime/limits';
import { functionsInTime, servicesInTime } from './answers-in-time';
import { type AwsService, openAws, type Place } from './aws';
import { diagnosticsOf, problemsOf } from './definition-problems';
import { EmbeddedMetrics } from './lambda-metrics';
import { type LambdaSettings, readLambdaSettings } from './lambda-settings';
import { after } from './late';
import { createLog, errorFields, type Log } from './log';

/** What one execution environment of Lambda keeps between its invocations. */
export interface LambdaHost {
  settings: LambdaSettings;
  service: AwsService;
  log: Log;
  metrics: EmbeddedMetrics;
  executionLog: LogGroups | undefined;
  /** Of the invocation that is under way: there is one at a time. */
  invocation: { endMs: number };
}

/** Whose requests are served. */
export type KeysOf = (settings: LambdaSettings) => Promise<(store: Store) => AccessKeys>;

/** What is particular about a function. */
export interface LambdaPart {
  /** Of the one that has a door to the outside. */
  keysOf?: KeysOf;
  /** Actions that another function does. */
  elsewhere?(functions: Functions, settings: LambdaSettings): Elsewhere;
  /** Where they are not those of the deployment. */
  limitsOf?(settings: LambdaSettings): Limits;
}

/** What a function's context tells, of all that is in it. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** The longest that SQS waits with an answer. */
const RECEIVE_SECONDS = 20;
const AWS: Place = { endpoint: undefined, credentials: undefined };
const NOBODY: AccessKeys = { find: async () => undefined };

/** The service could not be opened; the log says why. */
export class NotOpened extends Error {}

/** Does the work of one invocation. Rejects with NotOpened, and as the work does. */
export type Invoke = <T>(context: InvocationContext, work: (host: LambdaHost) => Promise<T>) => Promise<T>;

/**
 * Invocations of one environment, which share the service that the first of them opens. Where that fails, the log says
 * why in one line, and the next one tries again. What was counted is written at the end of each.
 */
export function createLambdaHost(part: LambdaPart = {}): Invoke {
  let opened: Promise<LambdaHost> | undefined;
  return async (context, work) => {
    const endMs = Date.now() + context.getRemainingTimeInMillis();
    opened ??= open(process.env, part);
    const host = await opened.catch((error: unknown) => {
      opened = undefined;
      createLog('error').error('the service could not be opened; it is tried again', errorFields(error));
      throw new NotOpened('the service could not be opened', { cause: error });
    });
    host.invocation.endMs = endMs;
    try {
      return await work(host);
    } finally {
      host.metrics.flush();
      await flushed(host);
    }
  };
}

async function open(environment: NodeJS.ProcessEnv, part: LambdaPart): Promise<LambdaHost> {
  const settings = readLambdaSettings(environment);
  const log = createLog(settings.logLevel);
  const invocation = { endMs: Number.POSITIVE_INFINITY };
  const arns = new Arns(settings.region, settings.account);
  const metrics = new EmbeddedMetrics(settings.name, arns, (line) => void process.stdout.write(line));
  const executionLog = logGroupsOf(settings, environment, log);
  const keys = part.keysOf ? await part.keysOf(settings) : () => NOBODY;
  const functions = functionsOf(settings, environment);
  const service = await openAws({
    name: settings.name,
    region: settings.region,
    account: settings.account,
    limits: part.limitsOf?.(settings) ?? settings.limits,
    // The SDK finds stand-ins by itself, in the variables that it has for them.
    dynamodb: AWS,
    sqs: AWS,
    retentionMs: settings.retentionMs,
    pollHoldMs: settings.pollSeconds * 1000,
    receiveSeconds: RECEIVE_SECONDS,
    functions: functionsInTime(functions, invocation),
    services: servicesInTime(servicesOf(settings), invocation),
    checkDefinition: problemsOf,
    diagnose: diagnosticsOf,
    keysOf: keys,
    log,
    metrics,
    executionLog,
    elsewhere: part.elsewhere?.(functions, settings),
  });
  return { settings, service, log, metrics, executionLog, invocation };
}

/** Where this deployment may write into log groups that state machines name. */
function logGroupsOf(
  { region, isLogging }: LambdaSettings,
  environment: NodeJS.ProcessEnv,
  log: Log,
): LogGroups | undefined {
  if (!isLogging) return undefined;
  const endpoint = environment.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS ?? environment.AWS_ENDPOINT_URL;
  return new LogGroups({
    call: createLogsCall({ endpoint, region, sha256: Sha256 }),
    onDropped: (logGroupArn, events, error) =>
      log.warn('events of executions were not logged', { logGroupArn, events, ...errorFields(error) }),
  });
}

/** An environment is frozen between invocations: what waits is sent now, and what takes long with the next one. */
const FLUSH_MAX_MS = 1_000;

async function flushed({ executionLog }: LambdaHost): Promise<void> {
  if (!executionLog?.isWaiting) return;
  const late = after(FLUSH_MAX_MS);
  await Promise.race([executionLog.flush(), late.promise]).finally(late.cancel);
}

/** Where Lambda functions are; a stand-in is named, and signed for, as the SDK would. */
function functionsOf({ region }: LambdaSettings, environment: NodeJS.ProcessEnv): Functions {
  const url = environment.AWS_ENDPOINT_URL_LAMBDA ?? environment.AWS_ENDPOINT_URL;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  const credentials = AWS_ACCESS_KEY_ID &&
    AWS_SECRET_ACCESS_KEY && {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  return createLambdaEndpoint({ url, region, credentials: credentials || undefined });
}

/** The SDK finds stand-ins by itself, in the variables that it has for them. */
const servicesOf = ({ region, limits }: LambdaSettings): Services =>
  new SdkServices({
    region,
    endpointOf: () => 'aws',
    credentialsFor: () => undefined,
    outputBytesMax: limits.payloadBytes,
  });
