import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Client } from './client.mjs';
import { inLanes, sample } from './measure.mjs';

const ROLE = 'arn:aws:iam::123456789012:role/bench';
const END_MAX_MS = 60_000;
const SAMPLE = 20;

/** One workload at one server: calls of the API, and what was wrong with their answers. */
export class Trial {
  /** What was wrong, a line each. */
  wrongs = [];
  /** Why a figure is missing, a line each. */
  remarks = [];
  #client;
  #names = 0;
  #isClosed = false;

  constructor({ server, contender, lambda }) {
    this.server = server;
    this.contender = contender;
    this.lambda = lambda;
    this.#client = new Client(server.port);
  }

  call(action, body) {
    return this.#client.call(action, body);
  }

  close() {
    this.#isClosed = true;
    this.#client.close();
  }

  check(isRight, what) {
    if (!isRight) this.wrongs.push(what);
  }

  /** Answers the ARN. */
  async createMachine(definition) {
    const name = `machine-${++this.#names}`;
    const text = JSON.stringify(definition);
    return (await this.call('CreateStateMachine', { name, roleArn: ROLE, definition: text })).stateMachineArn;
  }

  /** Answers the ARN. */
  async start(stateMachineArn, input) {
    const name = `execution-${++this.#names}`;
    return (await this.call('StartExecution', { stateMachineArn, name, input: JSON.stringify(input) })).executionArn;
  }

  /**
   * Waits until the execution has ended, and checks how. It asks again after a tenth of the time that has passed, so that
   * it is neither much too late nor a burden.
   */
  async checkEnd(executionArn, expected, pollMs) {
    const startMs = performance.now();
    for (;;) {
      const { status, output, error, cause } = await this.call('DescribeExecution', { executionArn });
      const waitedMs = performance.now() - startMs;
      if (status !== 'RUNNING') {
        this.check(status === 'SUCCEEDED', `an execution is ${status}: ${error} ${cause}`.slice(0, 200));
        const isRight = status !== 'SUCCEEDED' || isDeepStrictEqual(parsed(output), expected);
        this.check(isRight, `an output is ${output}, not ${JSON.stringify(expected)}`.slice(0, 200));
        return;
      }
      if (waitedMs > END_MAX_MS) throw new Error(`an execution has not ended in ${END_MAX_MS / 1000} s`);
      await sleep(pollMs ?? Math.min(50, Math.max(1, waitedMs / 10)));
    }
  }

  /** The whole history, read in pages of 1,000; it must have `count` events, numbered without a gap. */
  async checkHistory(executionArn, count, { reverseOrder = false } = {}) {
    const events = [];
    let pages = 0;
    for (let nextToken; pages === 0 || nextToken; pages++) {
      const page = await this.call('GetExecutionHistory', { executionArn, maxResults: 1000, reverseOrder, nextToken });
      for (const event of page.events) events.push(event);
      nextToken = page.nextToken;
    }
    const ids = reverseOrder ? events.map(({ id }) => events.length + 1 - id) : events.map(({ id }) => id);
    this.check(events.length === count, `${events.length} history events, not ${count}`);
    this.check(
      ids.every((id, i) => id === i + 1),
      'the ids of history events have gaps, or the wrong order',
    );
    this.check(pages === Math.ceil(count / 1000), `${pages} pages of history, not ${Math.ceil(count / 1000)}`);
    const types = [events.at(reverseOrder ? -1 : 0)?.type, events.at(reverseOrder ? 0 : -1)?.type];
    this.check(types.join() === 'ExecutionStarted,ExecutionSucceeded', `a history goes from ${types.join(' to ')}`);
    return events;
  }

  async checkHistories(executionArns, count) {
    for (const executionArn of sample(executionArns, SAMPLE)) await this.checkHistory(executionArn, count);
  }

  /** Runs executions from start to end in `width` lanes, for `ms`. Answers how many a second. */
  async executionsPerSecond({ machineArn, width, ms, inputOf = inputOfAny, outputOf, events }) {
    const { results, seconds } = await inLanes({ width, ms }, async (i) => {
      const input = inputOf(i);
      const executionArn = await this.start(machineArn, input);
      await this.checkEnd(executionArn, outputOf(input));
      return executionArn;
    });
    await this.checkHistories(results, events);
    return results.length / seconds;
  }

  async until(isDone) {
    while (!isDone()) {
      if (this.#isClosed) throw new Error('the trial is over');
      await sleep(1);
    }
  }
}

const inputOfAny = (i) => ({ i, text: 'a few words as a payload' });

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
