import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../dice';
import { executionArn, machineArn, type WireClient } from '../wire';
import type { Ledger, StartRecord } from './ledger';
import { MACHINES } from './machines';

/** How often somebody looks whether an execution has failed. */
const FOLLOW_EVERY_MS = 1_000;
/** One of so many that may fail is looked at. */
const FOLLOWED_ONE_OF = 3;
const REDRIVES_MAX = 2;

export interface Pace {
  /** Clients that start executions, one after the other. */
  starters: number;
  pauseMost: number;
  /** One execution of so many is stopped. */
  stopOneOf: number;
}

const mayFail = ({ machine }: StartRecord): boolean => MACHINES[machine]!.ends.includes('FAILED');

/** Clients that start executions, stop some and redrive some that failed, until they are told to finish. */
export class Clients {
  private isFinishing = false;
  private readonly loops: Promise<void>[] = [];
  private readonly underWay = new Set<Promise<void>>();
  /** Answers that no client may get here. */
  readonly surprises: string[] = [];

  constructor(
    private readonly wire: WireClient,
    private readonly ledger: Ledger,
    dice: Dice,
    private readonly pace: Pace,
  ) {
    for (let i = 0; i < pace.starters; i++) this.loops.push(this.run(`s${i}`, dice.fork()));
  }

  /** Starts nothing more; resolves when every call has been answered. */
  async finish(): Promise<void> {
    this.isFinishing = true;
    await Promise.all(this.loops);
    await Promise.all(this.underWay);
  }

  private async run(prefix: string, dice: Dice): Promise<void> {
    const machines = Object.keys(MACHINES);
    for (let count = 1; !this.isFinishing; count++) {
      const record = await this.start(dice.pick(machines), `${prefix}-${count}`, dice);
      if (record && dice.between(1, this.pace.stopOneOf) === 1) this.do(this.stop(record, dice.between(0, 2500)));
      else if (record && mayFail(record) && dice.between(1, FOLLOWED_ONE_OF) === 1) this.do(this.redrive(record));
      await sleep(dice.between(0, this.pace.pauseMost));
    }
  }

  private async start(machine: string, name: string, dice: Dice): Promise<StartRecord | undefined> {
    const input = JSON.stringify({ id: name, ...MACHINES[machine]!.input(dice) });
    const record: StartRecord = { machine, name, input, startDate: undefined };
    this.ledger.starting.set(name, record);
    const { error, body } = await this.wire.ask('StartExecution', {
      stateMachineArn: machineArn(machine),
      name,
      input,
    });
    this.ledger.starting.delete(name);
    // Already there: an earlier try went through, its answer was lost, and the execution has closed since.
    if (error !== undefined && error !== 'ExecutionAlreadyExists') {
      this.surprises.push(`StartExecution ${machine} ${name}: ${JSON.stringify(body)}`);
      return undefined;
    }
    record.startDate = body.startDate;
    this.ledger.starts.set(name, record);
    return record;
  }

  private do(work: Promise<void>): void {
    const done = work.finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async stop({ machine, name }: StartRecord, afterMs: number): Promise<void> {
    await sleep(afterMs);
    const cause = `stopped ${name}`;
    const input = { executionArn: executionArn(machine, name), error: 'Stopped', cause };
    const { error, body } = await this.wire.ask('StopExecution', input);
    if (error === undefined) this.ledger.stops.set(name, { stopDate: body.stopDate, cause });
    else this.surprises.push(`StopExecution ${name}: ${JSON.stringify(body)}`);
  }

  /** Whenever it has failed, a few times. */
  private async redrive({ machine, name }: StartRecord): Promise<void> {
    const arn = { executionArn: executionArn(machine, name) };
    const redriven: number[] = [];
    this.ledger.redrives.set(name, redriven);
    for (;;) {
      await sleep(FOLLOW_EVERY_MS);
      if (this.isFinishing || redriven.length === REDRIVES_MAX) return;
      const { status } = await this.wire.get('DescribeExecution', arn);
      if (status === 'RUNNING') continue;
      if (status !== 'FAILED') return;
      // One token for all tries: a lost answer is no second redrive.
      const clientToken = `${name}-${redriven.length}`;
      const { error, body } = await this.wire.ask('RedriveExecution', { ...arn, clientToken });
      if (error === undefined) redriven.push(body.redriveDate);
      else return void this.surprises.push(`RedriveExecution ${name}: ${JSON.stringify(body)}`);
    }
  }
}
