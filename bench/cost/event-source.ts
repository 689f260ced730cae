import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageFormat } from '../../lib/adapters/sqs/messages';
import type { Received, RemoteQueue } from '../../lib/adapters/sqs/remote-queue';
import type { AwsService } from '../../lib/host/aws';
import type { Disposition, Handler } from '../../lib/ports/queue';
import { ASSUMED, type FunctionName } from './assumptions';
import type { Environments } from './environments';
import type { Meter } from './meter';

interface EventSourceSettings<Message> {
  remote: RemoteQueue;
  format: MessageFormat<Message>;
  meter: Meter;
  name: FunctionName;
  environments: Environments;
  /** Whether handling may take long: then each message is hidden for a while, again and again, while it lasts. */
  isLong: boolean;
}

/** A receive waits so long for the first message. */
const POLL_SECONDS = 20;
/** How long a busy queue is left alone, so that a receive finds a batch, as it does where many executions run. */
const GATHER_MS = 150;
/** From a message at the event source to its handler. A promise that is there sooner is looked at twice. */
const INVOKE_MS = 30;

/**
 * An event source mapping of Lambda: receives a batch, has the function handle it, deletes together what is done, and
 * leaves the rest to be delivered again.
 */
export class EventSource<Message> {
  /** Whether many executions run, so that messages wait for each other. */
  isBusy = false;
  private readonly stopped = new AbortController();
  private polling: Promise<void> | undefined;
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly settings: EventSourceSettings<Message>) {}

  consume(runIdIn: (message: Message) => string, handleIn: (service: AwsService) => Handler<Message>): void {
    const { remote, meter, name, environments, isLong } = this.settings;
    const { visibilitySeconds } = remote.specification;
    const deliver = async (received: Received, handle: Handler<Message>): Promise<Disposition> => {
      const message = await this.settings.format.read(received.body);
      const { receiveCount } = received;
      // Not as received: the clock may have been put forward while the receive waited.
      const leaseUntilMs = Date.now() + visibilitySeconds * 1000;
      const extend = () => remote.hide(received.receipt, visibilitySeconds);
      return meter.work(runIdIn(message), () => handle({ message, receiveCount, leaseUntilMs, extend }));
    };
    const invoke = async (batch: Received[]) => {
      await sleep(INVOKE_MS);
      if (isLong) void Promise.all(batch.map(({ receipt }) => remote.hide(receipt, visibilitySeconds)));
      const dispositions = await environments.use((service) => {
        const handle = handleIn(service);
        return meter.invocation(name, () => Promise.all(batch.map((received) => deliver(received, handle))));
      });
      await Promise.all(
        batch.map(({ receipt }, index) => {
          const disposition = dispositions[index]!;
          if (disposition === 'delete') return remote.delete(receipt);
          return remote.hide(receipt, Math.ceil(disposition.againAfterMs / 1000));
        }),
      );
    };
    this.polling = this.poll((batch) => {
      const done = invoke(batch).finally(() => this.underWay.delete(done));
      this.underWay.add(done);
    });
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.polling;
    await Promise.all(this.underWay);
  }

  private async poll(take: (batch: Received[]) => void): Promise<void> {
    const { remote } = this.settings;
    const { signal } = this.stopped;
    while (!signal.aborted) {
      if (this.isBusy) await sleep(GATHER_MS);
      const received = await remote
        .receive({
          countMax: ASSUMED.batch,
          waitSeconds: POLL_SECONDS,
          visibilitySeconds: remote.specification.visibilitySeconds,
          nowMs: Date.now,
          signal,
        })
        .catch((error) => {
          if (signal.aborted) return [];
          throw error;
        });
      if (received.length > 0) take(received);
    }
  }
}
