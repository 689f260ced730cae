import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from './lambda-function';
import type { Outcome } from './runtime-api';

const UNITS_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export interface ScheduleSettings {
  name: string;
  arn: string;
  region: string;
  account: string;
  /** `rate(1 minute)` */
  expression: string;
  retriesMax: number;
  function: LambdaFunction;
}

/** A rule of EventBridge that invokes a function at a rate: at once, and then again and again. */
export class Schedule {
  readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly settings: ScheduleSettings) {
    const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(settings.expression) ?? [];
    if (!unit) throw new Error(`the harness does not know the schedule ${settings.expression}`);
    this.everyMs = Number(count) * UNITS_MS[unit]!;
  }

  /** `faster`: for tests that have no hour; 60 makes a second of a minute. */
  start(faster: number): void {
    this.timer = setInterval(() => void this.run(), this.everyMs / faster);
    void this.run();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Runs it now, with the retries of its rule. */
  async run(): Promise<Outcome> {
    const { retriesMax, function: target } = this.settings;
    const event = JSON.stringify(this.event());
    let outcome = await target.invoke(event);
    for (let retry = 0; retry < retriesMax && outcome.kind === 'error'; retry++) outcome = await target.invoke(event);
    return outcome;
  }

  private event(): object {
    const { arn, region, account } = this.settings;
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account,
      time: new Date().toISOString().replace(/\.\d+/, ''),
      region,
      resources: [arn],
      detail: {},
    };
  }
}
