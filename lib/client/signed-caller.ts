import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../adapters/lambda/sha256';
import type { Caller } from './caller';
import { ApiRefusal, NoAnswer } from './refusal';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface SignedCallerSettings {
  /** With the stage, where there is one: `https://x.execute-api.eu-west-1.amazonaws.com/prod/`. */
  endpoint: string;
  /** What is signed for. */
  region: string;
  credentials: Credentials | (() => Promise<Credentials>);
}

/** A call waits for no poll: none takes so long. */
const PATIENCE_MS = 60_000;

/** A client of the API over HTTP that signs as AWS's clients do. */
export class SignedCaller implements Caller {
  private readonly url: URL;
  private readonly signer: SignatureV4;

  constructor({ endpoint, region, credentials }: SignedCallerSettings) {
    this.url = new URL(endpoint);
    this.signer = new SignatureV4({ service: 'states', region, credentials, sha256: Sha256 });
  }

  async call<Answer extends object>(action: string, input: object): Promise<Answer> {
    const { status, text } = await this.send(action, JSON.stringify(input));
    const answer = answerIn(text);
    if (!answer) throw new NoAnswer(`${this.url.origin} does not answer as Step Functions does (HTTP ${status})`);
    if (status === 200) return answer as Answer;
    const code = String(answer.__type).split('#').at(-1)!;
    throw new ApiRefusal(code, String(answer.message ?? answer.Message ?? code));
  }

  private async send(action: string, body: string): Promise<{ status: number; text: string }> {
    const { protocol, hostname, host, pathname } = this.url;
    const { headers } = await this.signer.sign({
      method: 'POST',
      protocol,
      hostname,
      path: pathname,
      query: {},
      headers: { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${action}` },
      body,
    });
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(this.url, { method: 'POST', headers, body, signal });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
      throw new NoAnswer(`${this.url.origin} does not answer (${cause?.code ?? cause?.message ?? message})`);
    }
  }
}

function answerIn(text: string): Record<string, unknown> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
