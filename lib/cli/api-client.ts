import type { Api } from '../api/protocol';
import type { Caller } from '../client/caller';
import { ApiRefusal } from '../client/refusal';
import type { ClientSignal } from '../ports/activity-queues';

/** Calls the API inside this process. It is one client: when it leaves, its calls that wait are answered. */
export class ApiClient implements Caller {
  private readonly client = new LocalClient();

  constructor(private readonly api: Api) {}

  /** Rejects with ApiRefusal. */
  async call<Answer extends object>(action: string, input: object): Promise<Answer> {
    const { status, body } = await this.api({
      method: 'POST',
      path: '/',
      query: '',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${action}` },
      body: Buffer.from(JSON.stringify(input)),
      client: this.client,
    });
    const answer = JSON.parse(body) as Answer & { __type?: string; message?: string };
    if (status === 200) return answer;
    const code = String(answer.__type).split('#').at(-1)!;
    throw new ApiRefusal(code, answer.message ?? code);
  }

  get hasLeft(): boolean {
    return this.client.isGone;
  }

  leave(): void {
    this.client.leave();
  }
}

class LocalClient implements ClientSignal {
  isGone = false;
  private readonly calls = new Set<() => void>();

  onGone(call: () => void): () => void {
    this.calls.add(call);
    return () => void this.calls.delete(call);
  }

  leave(): void {
    this.isGone = true;
    for (const call of [...this.calls]) call();
  }
}
