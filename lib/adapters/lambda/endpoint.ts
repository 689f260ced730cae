import http from 'node:http';
import https from 'node:https';
import type { FunctionResult, Functions, InvokeOptions } from '../../ports/functions';
import type { HttpFacts } from '../../ports/services';
import { Sha256 } from './sha256';

export interface LambdaEndpointSettings {
  /** Where functions are invoked; undefined for AWS itself, in the region of the function's ARN. */
  url: string | undefined;
  /** For AWS: keys come from the usual places. A local endpoint gets requests signed with these. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  region: string;
}

/** Longer than any function may run. */
const ANSWER_MAX_MS = 910_000;

/** Functions behind any Lambda Invoke endpoint: AWS, LocalStack, `sam local start-lambda`, serverless-offline. */
export function createLambdaEndpoint(settings: LambdaEndpointSettings): Functions {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const signer = createSigner(settings);
  return {
    async invoke(functionArn, payload, options) {
      try {
        const { url, region } = target(settings, functionArn);
        const body = payload === 'null' ? '' : payload;
        const headers = await signer(url, region, body, headersOf(options ?? {}));
        const answer = await post(url, headers, body, agents);
        const result = resultOf(answer, functionArn);
        return options && 'payload' in result ? { ...result, response: factsOf(answer) } : result;
      } catch (error) {
        return { error: 'Lambda.SdkClientException', cause: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function target({ url, region }: LambdaEndpointSettings, functionArn: string): { url: URL; region: string } {
  const own = functionArn.split(':')[3] || region;
  const base = url ?? `https://lambda.${own}.amazonaws.com`;
  return { url: new URL(`/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`, base), region: own };
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  agents: { http: http.Agent; https: https.Agent },
) {
  const isTls = url.protocol === 'https:';
  return new Promise<Answer>((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: isTls ? agents.https : agents.http,
      timeout: ANSWER_MAX_MS,
    };
    const request = (isTls ? https : http).request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url.host} in ${ANSWER_MAX_MS / 1000} s`)));
    request.on('error', reject);
    request.end(body);
  });
}

const factsOf = ({ status, headers }: Answer): HttpFacts => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
});

function headersOf({ invocationType, logType, clientContext }: InvokeOptions): Record<string, string> {
  return {
    ...(invocationType !== undefined && { 'x-amz-invocation-type': invocationType }),
    ...(logType !== undefined && { 'x-amz-log-type': logType }),
    ...(clientContext !== undefined && { 'x-amz-client-context': clientContext }),
  };
}

/** In AWS's words (reported). */
const NO_TYPE = 'The cause could not be determined because Lambda did not return an error type. Returned payload: ';

/** A 200 without X-Amz-Function-Error is a success, whatever the body says (asl.md section 3). */
function resultOf({ status, headers, body }: Answer, functionArn: string): FunctionResult {
  if (status >= 200 && status < 300) {
    if (headers['x-amz-function-error'] === undefined) {
      // Who does not wait for the function gets nothing.
      return { payload: body === '' && status === 200 ? 'null' : body };
    }
    const error = textIn(body, 'errorType');
    return error === undefined ? { error: 'Lambda.Unknown', cause: `${NO_TYPE}${body}` } : { error, cause: body };
  }
  const type = headers['x-amzn-errortype'];
  const name =
    (Array.isArray(type) ? type[0] : type)?.split(':')[0] ??
    (status === 404 ? 'ResourceNotFoundException' : 'ServiceException');
  const text = textIn(body, 'Message') ?? textIn(body, 'message') ?? `Lambda answered ${status} for ${functionArn}`;
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'] ?? '';
  return {
    error: `Lambda.${name}`,
    cause: `${text} (Service: AWSLambda; Status Code: ${status}; Error Code: ${name}; Request ID: ${requestId}; Proxy: null)`,
  };
}

function textIn(body: string, member: string): string | undefined {
  try {
    const text = (JSON.parse(body) as Record<string, unknown> | null)?.[member];
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

type Sign = (url: URL, region: string, body: string, more: Record<string, string>) => Promise<Record<string, string>>;

/** What signing needs is loaded with the first call: most runs never invoke a function over the network. */
function createSigner({ url, credentials }: LambdaEndpointSettings): Sign {
  const headers = { 'content-type': 'application/json' };
  if (url !== undefined && !credentials) return async (_url, _region, _body, more) => ({ ...headers, ...more });
  return async (target, region, body, more) => {
    const { SignatureV4 } = await import('@smithy/signature-v4');
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    const signer = new SignatureV4({
      service: 'lambda',
      region,
      credentials: credentials ?? defaultProvider(),
      sha256: Sha256,
    });
    const signed = await signer.sign({
      method: 'POST',
      protocol: target.protocol,
      hostname: target.hostname,
      path: target.pathname,
      query: {},
      headers: { ...headers, ...more, host: target.host },
      body,
    });
    return signed.headers;
  };
}
