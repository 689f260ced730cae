import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SqsClients } from '../../lib/adapters/sqs/clients';
import { ASSUMED, type FunctionName } from './assumptions';
import { gbSeconds, queueRequests, sumOf, type Usage } from './pricing';
import type { Tables } from './tables';

/** A call of a function of the deployment, from its event to its answer. */
interface Invocation {
  name: FunctionName;
  /** Messages that it handles side by side, or the one request. */
  works: Work[];
  requests: number;
}

/** What is done for one message, and how long it waits, in milliseconds. */
interface Work {
  runId: string;
  servicesMs: number;
  /** For functions of the user's. */
  functionsMs: number;
}

/** Where a request is made. Nowhere: in an event source. */
interface Place {
  invocation: Invocation;
  work: Work;
}

/** One kind of request, all together. */
export interface Line {
  what: string;
  count: number;
  usage: Usage;
}

/** Counts what the SDK's clients send, attempt by attempt, and what of it AWS would bill. */
export class Meter {
  private readonly place = new AsyncLocalStorage<Place>();
  private readonly lines = new Map<string, Line>();

  constructor(private readonly tables: Tables) {}

  /** What was counted since the last time. */
  take(): Line[] {
    const lines = [...this.lines.values()].sort((one, other) => (one.what < other.what ? -1 : 1));
    this.lines.clear();
    return lines;
  }

  /** Requests inside are those of an invocation of that function. Its time is modelled, not measured. */
  async invocation<T>(name: FunctionName, handle: () => Promise<T>): Promise<T> {
    const invocation: Invocation = { name, works: [], requests: 0 };
    const result = await this.work('', handle, invocation);
    const memoryMb = ASSUMED.memoryMb[name];
    const computeMs = (ASSUMED.computeMs * invocation.requests * ASSUMED.wholeProcessorMb) / memoryMb;
    const ms = ASSUMED.handlerMs + longestOf(invocation.works) + computeMs;
    this.count(`Lambda ${name}`, {
      invocations: 1,
      gbSeconds: gbSeconds(ms, memoryMb),
    });
    return result;
  }

  /** What is inside is done for one message of an invocation. */
  work<T>(runId: string, handle: () => Promise<T>, invocation = this.place.getStore()!.invocation): Promise<T> {
    const work: Work = { runId, servicesMs: 0, functionsMs: 0 };
    invocation.works.push(work);
    return this.place.run({ invocation, work }, handle);
  }

  /** Waiting for a function of the user's. */
  waited(ms: number): void {
    this.place.getStore()!.work.functionsMs += ms;
  }

  apiRequest(): void {
    this.count('API Gateway request', { apiRequests: 1 });
  }

  count(what: string, usage: Usage): void {
    const line = this.lines.get(what) ?? { what, count: 0, usage: {} };
    this.lines.set(what, { what, count: line.count + 1, usage: sumOf([line.usage, usage]) });
  }

  watchDynamoDb(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const input = bodyOf(args.request);
          this.wait(ASSUMED.dynamodbMs);
          const record = async (output: unknown, error: unknown) => {
            const { table, usage } = await this.tables.billed(nameOf(commandName), input, output, error);
            this.count(`DynamoDB ${nameOf(commandName)} ${table}${this.by()}`, usage);
          };
          try {
            const result = await next(args);
            await record(result.output, undefined);
            return result;
          } catch (error) {
            await record(undefined, error);
            throw error;
          }
        },
      // Inside the SDK's retries: each attempt is billed.
      { step: 'finalizeRequest', name: 'meter', priority: 'low' },
    );
  }

  watchSqs({ calls, onceOnly, polls }: SqsClients): void {
    for (const client of [calls, onceOnly, polls]) this.watchQueues(client);
  }

  private watchQueues(client: SQSClient): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const input = bodyOf(args.request);
          const isWaiting = Number(input.WaitTimeSeconds ?? 0) > 0;
          this.wait(isWaiting ? ASSUMED.offerMs : ASSUMED.sqsMs);
          const result = await next(args);
          const { Messages } = result.output as { Messages?: { Body?: string }[] };
          const sent = (input.Entries ?? []) as { MessageBody?: string }[];
          const texts = [...sent.map(({ MessageBody }) => MessageBody), ...(Messages ?? []).map(({ Body }) => Body)];
          const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
          const queue = String(input.QueueUrl).split('/').at(-1)!;
          const kind = queue.includes('-a-') ? 'activity' : queue.split('-').at(-1);
          const isEmpty = commandName === 'ReceiveMessageCommand' && !Messages?.length;
          // An event source asks all the time: that is in the bill of a stack in which nothing runs.
          if (isEmpty && !this.place.getStore()) return result;
          const what = `SQS ${nameOf(commandName)}${isEmpty ? ', empty,' : ''} ${kind}${this.by()}`;
          this.count(what, { queueRequests: queueRequests(bytes) });
          return result;
        },
      { step: 'finalizeRequest', name: 'meter', priority: 'low' },
    );
  }

  private wait(ms: number): void {
    const place = this.place.getStore();
    if (!place) return;
    place.invocation.requests++;
    place.work.servicesMs += ms;
  }

  private by(): string {
    const name = this.place.getStore()?.invocation.name;
    return name ? ` by ${name}` : '';
  }
}

/** Requests about one run come one after the other; its functions, and other runs, go on side by side. */
function longestOf(works: readonly Work[]): number {
  const runs = new Map<string, { services: number; functions: number }>();
  for (const { runId, servicesMs, functionsMs } of works) {
    const run = runs.get(runId) ?? { services: 0, functions: 0 };
    run.services += servicesMs;
    run.functions = Math.max(run.functions, functionsMs);
    runs.set(runId, run);
  }
  return Math.max(...[...runs.values()].map(({ services, functions }) => services + functions));
}

const nameOf = (commandName: unknown): string => String(commandName).replace(/(Item)?Command$/, '');

const bodyOf = (request: unknown): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode((request as { body: Uint8Array }).body));
