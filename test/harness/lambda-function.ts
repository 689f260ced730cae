import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutionEnvironment, type FunctionSettings } from './execution-environment';
import { functionError, type Outcome } from './runtime-api';

/** The longest event of a synchronous invocation, and the longest answer. */
export const PAYLOAD_BYTES_MAX = 6_291_556;

const PAUSE_AFTER_FAILED_START_MS = 500;

/** An event is too long: it reaches no function. */
export class PayloadTooLarge extends Error {}

/** A function with as many execution environments as it needs at once, up to a bound. */
export class LambdaFunction {
  readonly environments = new Set<ExecutionEnvironment>();
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly waiting: ((environment: ExecutionEnvironment) => void)[] = [];
  private starting = 0;
  private isStopped = false;
  /** How often it was invoked, and how often that failed. */
  readonly counts = { invocations: 0, errors: 0, environments: 0 };

  /** `atOnceMax`: AWS has 1,000 or what the template reserves; this machine has less. What is more waits its turn. */
  constructor(
    readonly settings: FunctionSettings,
    private readonly atOnceMax: number,
  ) {}

  /** Resolves when the function has answered or failed. Rejects with PayloadTooLarge. */
  async invoke(event: string): Promise<Outcome> {
    if (Buffer.byteLength(event) > PAYLOAD_BYTES_MAX) throw new PayloadTooLarge();
    this.counts.invocations++;
    let environment: ExecutionEnvironment;
    // One may die while it waits for its event.
    do environment = await this.free();
    while (environment.isGone);
    const { answered, over } = environment.invoke(event);
    void over.then(() => this.release(environment));
    const outcome = await answered;
    if (outcome.kind === 'answer' && Buffer.byteLength(outcome.payload) > PAYLOAD_BYTES_MAX) {
      this.counts.errors++;
      const text = `Response payload size exceeded maximum allowed payload size (${PAYLOAD_BYTES_MAX} bytes).`;
      return functionError('Function.ResponseSizeTooLarge', text);
    }
    if (outcome.kind === 'error') this.counts.errors++;
    return outcome;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const all = [...this.environments];
    for (const environment of all) environment.kill();
    await Promise.all(all.map(({ gone }) => gone));
  }

  /** The one that was used last, as on Lambda: the others may end. */
  private free(): Promise<ExecutionEnvironment> {
    for (let found = this.idle.pop(); found; found = this.idle.pop()) {
      if (!found.isGone) return Promise.resolve(found);
    }
    const promise = new Promise<ExecutionEnvironment>((resolve) => this.waiting.push(resolve));
    this.startIfNeeded();
    return promise;
  }

  private release(environment: ExecutionEnvironment): void {
    if (environment.isGone) return;
    const next = this.waiting.shift();
    if (next) next(environment);
    else this.idle.push(environment);
  }

  private startIfNeeded(): void {
    if (this.isStopped || this.waiting.length <= this.starting) return;
    if (this.environments.size >= this.atOnceMax) return;
    void this.start();
  }

  private async start(): Promise<void> {
    this.starting++;
    this.counts.environments++;
    let begun: ExecutionEnvironment | undefined;
    const starting = ExecutionEnvironment.start(this.settings, (environment) => {
      begun = environment;
      this.environments.add(environment);
      if (this.isStopped) environment.kill();
      void environment.gone.then(() => {
        this.environments.delete(environment);
        // Whoever waits for a free one may get one in its place.
        this.startIfNeeded();
      });
    });
    try {
      await starting;
      this.starting--;
      this.release(begun!);
    } catch (error) {
      this.starting--;
      this.settings.onLine(`the function could not be started: ${error}`);
      await sleep(PAUSE_AFTER_FAILED_START_MS);
    }
    this.startIfNeeded();
  }
}
