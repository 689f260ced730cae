import { setImmediate as othersFirst } from 'node:timers/promises';
import type { HttpFacts, ServiceCall, ServiceRefusal, ServiceResult, Services } from '../../ports/services';
import { loadPackage, type SdkClient, type SdkPackage } from './packages';
import { serviceNameOf } from './service-name';
import { BadParameter, BodyTooLong, bytesOf, fromSdk, toSdk } from './values';

export interface SdkServicesSettings {
  region: string;
  /**
   * Where a service is, by its package's name (`cloudwatch-logs`): a URL, or `aws` for AWS itself. Undefined: nowhere.
   */
  endpointOf(name: string): string | undefined;
  /** For requests to a URL; undefined: from the usual places. */
  credentialsFor(endpoint: string): { accessKeyId: string; secretAccessKey: string } | undefined;
  /** Of a task's output: an answer that is longer is not looked into. */
  outputBytesMax: number;
}

interface OpenService {
  sdk: SdkPackage;
  client: SdkClient;
  /** `DynamoDb` */
  serviceName: string;
}

/**
 * Any action of any service of AWS, through the client that AWS publishes for it: signing, protocols and retries are
 * the client's.
 */
export class SdkServices implements Services {
  private readonly services = new Map<string, OpenService | { error: string; cause: string }>();

  constructor(private readonly settings: SdkServicesSettings) {}

  async call(call: ServiceCall): Promise<ServiceResult> {
    try {
      const opened = this.open(call.service);
      return 'error' in opened ? opened : await this.send(opened, call);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      return { error: 'Stepwell.ServiceCallFailed', cause: `${call.service}:${call.action}: ${cause}` };
    }
  }

  close(): void {
    for (const opened of this.services.values()) if ('client' in opened) opened.client.destroy();
    this.services.clear();
  }

  private open(service: string): OpenService | { error: string; cause: string } {
    const known = this.services.get(service);
    if (known) return known;
    const opened = this.make(service);
    // What is missing may be there the next time.
    if ('client' in opened) this.services.set(service, opened);
    return opened;
  }

  private make(service: string): OpenService | { error: string; cause: string } {
    const sdk = loadPackage(service);
    if (!sdk) {
      const cause = `Tasks of aws-sdk:${service} need the AWS SDK's client for it, and no package @aws-sdk/client-* of that name is installed beside stepwell. Install it: npm install @aws-sdk/client-${service}, or as npm spells it.`;
      return { error: 'Stepwell.NoClient', cause };
    }
    const place = this.settings.endpointOf(sdk.name);
    if (place === undefined) {
      const variable = sdk.name.toUpperCase().replaceAll('-', '_');
      const cause = `It is not said where the service ${service} is: give --endpoint ${service}=URL, --aws-endpoint URL (or aws for AWS itself), or set AWS_ENDPOINT_URL_${variable}.`;
      return { error: 'Stepwell.NoEndpoint', cause };
    }
    const client = new sdk.Client(this.configOf(place));
    return { sdk, client, serviceName: serviceNameOf(client.config.serviceId) };
  }

  private configOf(place: string): object {
    const { region } = this.settings;
    if (place === 'aws') return { region };
    const credentials = this.settings.credentialsFor(place);
    return {
      region,
      endpoint: place,
      // Emulators have one name only.
      disableHostPrefix: true,
      forcePathStyle: true,
      useQueueUrlAsEndpoint: false,
      ...(credentials && { credentials }),
    };
  }

  private async send({ sdk, client, serviceName }: OpenService, call: ServiceCall): Promise<ServiceResult> {
    const Command = sdk.commandOf(call.action);
    if (!Command) {
      const cause = `@aws-sdk/client-${sdk.name} has no action ${call.action}.`;
      return { error: 'Stepwell.NoAction', cause };
    }
    const { NormalizedSchema } = await import('@smithy/core/schema');
    const [inputSchema, outputSchema] = schemasOf(new Command({}).schema);
    if (!inputSchema || !outputSchema) {
      const cause = `@aws-sdk/client-${sdk.name} is too old: it does not say what its actions take. Install a newer one.`;
      return { error: 'Stepwell.NoClient', cause };
    }
    type Ref = Parameters<typeof NormalizedSchema.of>[0];
    let input: object;
    try {
      input = toSdk(NormalizedSchema.of(inputSchema as Ref), JSON.parse(call.parameters), call.action) as object;
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error;
      const cause = `The Parameters '${call.parameters}' could not be used to start the Task: [${error.message}]`;
      return { error: 'States.Runtime', cause };
    }
    await othersFirst();
    const seen: { response?: HttpFacts } = {};
    const command = watched(new Command(input), seen, this.settings.outputBytesMax);
    try {
      const answer = await client.send(command);
      await othersFirst();
      const output = await fromSdk(NormalizedSchema.of(outputSchema as Ref), answer, call.dates);
      await othersFirst();
      return { output: JSON.stringify(output), response: seen.response ?? { status: 200, headers: {} } };
    } catch (error) {
      if (error instanceof BodyTooLong) return tooLong(call.name);
      return { refusal: refusalOf(error, serviceName) };
    }
  }
}

const tooLong = (name: string): ServiceResult => ({
  error: 'States.DataLimitExceeded',
  cause: `The state/task '${name.slice(0, name.lastIndexOf(':'))}' returned a result with a size exceeding the maximum number of bytes service limit.`,
});

/** The schemas of what an operation takes and answers. */
function schemasOf(operation: readonly unknown[] | undefined): [unknown, unknown] {
  const of = (at: number): unknown => {
    const member = operation?.at(at);
    return typeof member === 'function' ? (member as () => unknown)() : member;
  };
  return [of(-2), of(-1)];
}

type Watched = { middlewareStack: SdkClient['middlewareStack'] };

/** A middleware's way to the answer. */
type Next = (args: unknown) => Promise<{ response: unknown }>;

/** The command, which notes how it is answered, and answers BodyTooLong for what no output can hold. */
function watched<C extends object>(command: C, seen: { response?: HttpFacts }, outputBytesMax: number): C {
  const middleware = (next: Next) => async (args: unknown) => {
    const result = await next(args);
    const { statusCode, headers } = result.response as { statusCode: number; headers: Record<string, string> };
    seen.response = { status: statusCode, headers: { ...headers } };
    return result;
  };
  const { middlewareStack } = command as unknown as Watched;
  middlewareStack.add(middleware, { step: 'deserialize', name: 'stepwellResponse' });
  middlewareStack.add(boundedJson(outputBytesMax), { step: 'deserialize', name: 'stepwellBound', priority: 'low' });
  return command;
}

interface JsonResponse {
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array | string> | Uint8Array;
}

/** Four times what the output may have, which is more than white space and escapes add. */
const JSON_OUTPUTS_MAX = 4;

/** The client reads JSON in one piece, which holds up all others: not what is too long for an output anyway. */
const boundedJson = (outputBytesMax: number) => (next: Next) => async (args: unknown) => {
  const result = await next(args);
  const response = result.response as JsonResponse;
  if (!response.headers['content-type']?.startsWith('application/x-amz-json-')) return result;
  if (response.body instanceof Uint8Array) return result;
  const body = await bytesOf(response.body, JSON_OUTPUTS_MAX * outputBytesMax);
  if (jsonBytesAtLeast(body) > outputBytesMax) throw new BodyTooLong();
  response.body = body;
  return result;
};

const BACKSLASH = 0x5c;
const SPACE = 0x20;
/** What an escape may have more than the character that it is: `\u003c` is one byte, `\n` stays as it is. */
const ESCAPE_SAVES: Record<number, number | undefined> = { ['u'.charCodeAt(0)]: 5, ['/'.charCodeAt(0)]: 1 };

/** What it has at least, written again without white space and escapes. */
function jsonBytesAtLeast(body: Uint8Array): number {
  let bytes = body.length;
  for (let at = 0; at < body.length; at++) {
    if (body[at]! <= SPACE) bytes--;
    else if (body[at] === BACKSLASH) bytes -= ESCAPE_SAVES[body[++at]!] ?? 0;
  }
  return bytes;
}

interface SdkError {
  name: string;
  message: string;
  code?: string;
  Code?: string;
  Error?: { Code?: string };
  $fault?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string; extendedRequestId?: string };
}

function refusalOf(error: unknown, serviceName: string): ServiceRefusal {
  const { name, message, Code, Error: detail, $fault, $metadata } = error as SdkError;
  const { httpStatusCode: status, requestId = '', extendedRequestId } = $metadata ?? {};
  const isAnswer = $fault !== undefined && status !== undefined;
  // The class of an error that the service's model has; the others get that of all its errors.
  const className = (error as object).constructor.name;
  const isKnown = !className.endsWith('ServiceException') || className === name;
  const wireCode = detail?.Code ?? Code ?? name;
  return {
    code: isAnswer ? (isKnown ? name : wireCode) : undefined,
    wireCode: isAnswer ? wireCode : undefined,
    message: message || name,
    status: status ?? 0,
    requestId,
    extendedRequestId,
    isKnown,
    serviceName,
  };
}
