import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../dice';
import type { WireEvent } from '../../lawful-history';
import { machineArn, ROLE_ARN, WireClient } from '../wire';
import { Clients, type Pace } from './clients';
import { LambdaEndpoint } from './lambda-endpoint';
import { Ledger } from './ledger';
import { ACTIVITIES, MACHINES } from './machines';
import { type Findings, verify } from './verify';
import { Workers } from './workers';

const WORKERS = 40;
/** Everything ends by itself within seconds; a machine that is busy with other things may need longer. */
const ENDED_MAX_MS = 180_000;

export interface LoadSettings {
  /** Activity workers, each with a poll of its own. */
  workers?: number;
  /** For servers where what a crash interrupted comes again later. */
  endedMaxMs?: number;
}

/** Clients and workers at a server that may be taken away from under them. */
export class Load {
  readonly ledger = new Ledger();
  readonly wire = new WireClient();
  /** Polls are long, so they have connections of their own, to be hung up on. */
  private readonly polling = new WireClient();
  private readonly endpoint = new LambdaEndpoint();
  private clients: Clients | undefined;
  private workers: Workers | undefined;

  constructor(private readonly settings: LoadSettings = {}) {}

  /** What a server needs to know to run the functions of the load. */
  async flags(): Promise<string[]> {
    const file = require.resolve('./functions.cjs');
    const local = ['local', 'flaky'].flatMap((name) => ['--function', `${name}=${file}#${name}`]);
    return [...local, '--lambda-endpoint', await this.lambdaEndpoint()];
  }

  /** Where all functions of the load can be invoked. */
  lambdaEndpoint(): Promise<string> {
    return this.endpoint.listen();
  }

  /** Where the server is now. */
  set url(url: string) {
    this.wire.url = url;
    this.polling.url = url;
  }

  async begin(dice: Dice, pace: Pace): Promise<void> {
    for (const name of ACTIVITIES) await this.wire.get('CreateActivity', { name });
    for (const [name, { definition }] of Object.entries(MACHINES)) {
      const input = { name, roleArn: ROLE_ARN, definition: JSON.stringify(definition) };
      await this.wire.get('CreateStateMachine', input);
    }
    this.workers = new Workers(this.polling, this.ledger, dice.fork(), this.settings.workers ?? WORKERS);
    this.endpoint.onToken = (handed) => this.workers!.callBack(handed);
    this.clients = new Clients(this.wire, this.ledger, dice.fork(), pace);
  }

  /** Starts no more, lets everything end, and holds the store against what was acknowledged. */
  async finish(): Promise<Findings> {
    this.workers?.hurry();
    await this.clients?.finish();
    const open = await this.waitForEnds();
    if (open.length > 0) return { violations: open, events: 0 };
    const findings = await verify(this.wire, this.ledger);
    const surprises = [...(this.clients?.surprises ?? []), ...(this.workers?.surprises ?? [])];
    findings.violations.unshift(...surprises.map((text) => `not a documented answer here: ${text}`));
    return findings;
  }

  async close(): Promise<void> {
    this.polling.close();
    await this.workers?.finish();
    this.wire.close();
    this.endpoint.close();
  }

  /** In words, for the last line of a run. */
  get summary(): string {
    const { starts, stops, redrives, tasks } = this.ledger;
    const acknowledged = [...tasks.values()].filter(({ result }) => result?.verdict === 'acknowledged');
    const callbacks = acknowledged.filter(({ kind }) => kind === 'callback').length;
    return (
      `starts acknowledged: ${starts.size}, activity results acknowledged: ${acknowledged.length - callbacks}, ` +
      `callbacks acknowledged: ${callbacks}, redrives acknowledged: ${[...redrives.values()].flat().length}, ` +
      `stops acknowledged: ${stops.size}, calls tried again: ${this.wire.retries + this.polling.retries}`
    );
  }

  /** Answers what has not ended after a long time. */
  private async waitForEnds(): Promise<string[]> {
    const giveUpMs = Date.now() + (this.settings.endedMaxMs ?? ENDED_MAX_MS);
    for (;;) {
      const open = await this.open();
      if (open.length === 0) return [];
      if (Date.now() > giveUpMs) return Promise.all(open.map((arn) => this.whereItStands(arn)));
      await sleep(200);
    }
  }

  private async open(): Promise<string[]> {
    const open: string[] = [];
    for (const machine of Object.keys(MACHINES)) {
      const input = { stateMachineArn: machineArn(machine), statusFilter: 'RUNNING', maxResults: 1000 };
      for await (const item of this.wire.pages('ListExecutions', 'executions', input)) {
        open.push(String(item.executionArn));
      }
    }
    return open;
  }

  private async whereItStands(arn: string): Promise<string> {
    const { events } = await this.wire.get('GetExecutionHistory', { executionArn: arn, maxResults: 1000 });
    const story = events.map(
      ({ id, previousEventId, type, timestamp }: WireEvent) => `${id}<${previousEventId} ${type} ${timestamp}`,
    );
    return `${arn} does not end: ${story.join(', ')}`;
  }
}
