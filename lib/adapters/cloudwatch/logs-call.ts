import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

export interface LogsCallSettings {
  /** Undefined for AWS itself, in the region of the log group. */
  endpoint: string | undefined;
  region: string;
  /** A hash in the form that AWS's signer takes. */
  sha256: ConstructorParameters<typeof SignatureV4>[0]['sha256'];
}

/** Calls CloudWatch Logs about a log group. Rejects with CallFailed where it refuses, and where there is no answer. */
export type LogsCall = (
  logGroupArn: string,
  action: 'CreateLogStream' | 'PutLogEvents',
  input: object,
) => Promise<void>;

export class CallFailed extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const ANSWER_MAX_MS = 5_000;

/** Two actions need no client of the SDK, which would be a tenth of each function's bundle. */
export function createLogsCall({ endpoint, region: own, sha256 }: LogsCallSettings): LogsCall {
  const credentials = defaultProvider();
  return async (logGroupArn, action, input) => {
    const [, partition, , region = own, , , logGroupName] = logGroupArn.split(':');
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const url = new URL(endpoint ?? `https://logs.${region}.${suffix}`);
    const body = JSON.stringify({ logGroupName, ...input });
    const signer = new SignatureV4({ service: 'logs', region, credentials, sha256 });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      query: {},
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${action}`,
      },
      body,
    });
    const { host: _, ...sent } = headers;
    const response = await fetch(new URL('/', url), {
      method: 'POST',
      headers: sent,
      body,
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    const text = await response.text();
    if (!response.ok) throw failureOf(response.status, text);
  };
}

function failureOf(status: number, text: string): CallFailed {
  let body: { __type?: unknown; message?: unknown } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    // What stands between us and CloudWatch may answer anything.
  }
  const code = String(body.__type ?? '')
    .split('#')
    .at(-1)!;
  return new CallFailed(code, status, `${code || status}: ${String(body.message ?? text.slice(0, 200))}`);
}
