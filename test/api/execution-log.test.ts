import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLevel } from '@aws-sdk/client-sfn';
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';
import { FAIL, PASS, ROLE_ARN, useService } from './service';
import { createAlias, publish, routes } from './versions';

const GROUP = '/aws/vendedlogs/states/orders';

type Line = Record<string, unknown> & { id: string; type: string; details: Record<string, unknown> };

/** What a loggingConfiguration makes of executions: lines in a file. */
describe('logging of executions', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'stepwell-log-')), 'executions.log');
  const service = useService({ executionLog: file });

  const logging = (level: LogLevel, includeExecutionData = false) => ({
    loggingConfiguration: {
      level,
      includeExecutionData,
      destinations: [
        {
          cloudWatchLogsLogGroup: {
            logGroupArn: `arn:aws:logs:${service.region}:${service.account}:log-group:${GROUP}:*`,
          },
        },
      ],
    },
  });
  const linesOf = (executionArn: string): Line[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ execution_arn }) => execution_arn === executionArn);

  /** Runs an execution, and one after it that logs all: when that one is logged, so is the first. */
  async function logged(definition: object, level: LogLevel, includeExecutionData?: boolean) {
    const stateMachineArn = await service.createMachine(definition, logging(level, includeExecutionData));
    const executionArn = await service.startExecution({ stateMachineArn, input: '{"order":"ü"}' });
    await service.ended(executionArn);
    const after = await service.startExecution({ stateMachineArn: await service.createMachine(PASS, logging('ALL')) });
    await service.ended(after);
    await eventually(
      async () => linesOf(after),
      (lines) => lines.length === 4,
    );
    return { executionArn, lines: linesOf(executionArn) };
  }

  test('ALL: every event, in the format of AWS', async () => {
    const { executionArn, lines } = await logged(PASS, 'ALL', true);
    const events = await service.history(executionArn);
    expect(lines).toEqual(
      events.map(({ id, previousEventId, timestamp, type }) => ({
        id: String(id),
        type,
        details: expect.any(Object),
        previous_event_id: String(previousEventId),
        event_timestamp: String(timestamp!.getTime()),
        execution_arn: executionArn,
        redrive_count: '0',
        log_group: GROUP,
      })),
    );
    expect(lines.map(({ type, details }) => [type, details])).toEqual([
      ['ExecutionStarted', { input: '{"order":"ü"}', inputDetails: { truncated: false }, roleArn: ROLE_ARN }],
      ['PassStateEntered', { name: 'P', input: '{"order":"ü"}', inputDetails: { truncated: false } }],
      ['PassStateExited', { name: 'P', output: '{"order":"ü"}', outputDetails: { truncated: false } }],
      ['ExecutionSucceeded', { output: '{"order":"ü"}', outputDetails: { truncated: false } }],
    ]);
  });

  test('variables that a state assigns', async () => {
    const Assign = { n: 1, 'order.$': '$.order' };
    const { lines } = await logged({ StartAt: 'P', States: { P: { Type: 'Pass', Assign, End: true } } }, 'ALL', true);
    expect(lines[2]!.details).toMatchObject({
      assignedVariables: { n: '1', order: '"ü"' },
      assignedVariablesDetails: { truncated: false },
    });
  });

  test('without includeExecutionData: no input and no output', async () => {
    const { lines } = await logged(PASS, 'ALL');
    expect(lines.map(({ details }) => details)).toEqual([{ roleArn: ROLE_ARN }, { name: 'P' }, { name: 'P' }, {}]);
  });

  test.each<[LogLevel, string[]]>([
    ['ERROR', ['FailStateEntered', 'ExecutionFailed']],
    ['FATAL', ['ExecutionFailed']],
    ['OFF', []],
  ])('%s of one that fails', async (level, types) => {
    const { lines } = await logged(FAIL, level);
    expect(lines.map(({ type }) => type)).toEqual(types);
    if (types.length > 0) {
      expect(lines.at(-1)!.details).toEqual({ error: 'Order.Rejected', cause: 'out of stock' });
    }
  });

  test.each(['ERROR', 'FATAL', 'OFF'] as const)('%s of one that succeeds: nothing', async (level) => {
    expect((await logged(PASS, level)).lines).toEqual([]);
  });

  test('a level is that of the revision that runs; of a version as well', async () => {
    const stateMachineArn = await service.createMachine(PASS, logging('ALL'));
    const alias = await createAlias(service, 'live', routes([await publish(service, stateMachineArn), 100]));
    await service.client.send(
      new UpdateStateMachineCommand({ stateMachineArn, loggingConfiguration: { level: 'OFF' } }),
    );
    const silent = await service.startExecution({ stateMachineArn });
    const loud = await service.startExecution({ stateMachineArn: alias });
    await eventually(
      async () => linesOf(loud),
      (lines) => lines.length === 4,
    );
    expect(linesOf(silent)).toEqual([]);
    expect(linesOf(loud)[0]!.details).toMatchObject({ stateMachineAliasArn: alias });
  });

  test('a payload over 248 KB is cut, and says so; the history has it whole', async () => {
    const stateMachineArn = await service.createMachine(PASS, logging('ALL', true));
    const input = JSON.stringify('"\u{1f4a1}'.repeat(43_000));
    const executionArn = await service.startExecution({ stateMachineArn, input });
    const lines = await eventually(
      async () => linesOf(executionArn),
      (found) => found.length === 4,
    );
    const { details } = lines[0]!;
    expect(details.inputDetails).toEqual({ truncated: true });
    const quoted = Buffer.byteLength(JSON.stringify(details.input));
    expect(quoted).toBeLessThanOrEqual(248 * 1024);
    expect(quoted).toBeGreaterThan(240 * 1024);
    expect(input.startsWith(String(details.input).slice(0, -1))).toBe(true);
    expect((await service.history(executionArn))[0]!.executionStartedEventDetails!.input).toBe(input);
  });
});

describe('a log that cannot be written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-log-'));
  const service = useService({ executionLog: folder, logLevel: 'silent' });

  test('executions go on', async () => {
    const destinations = [
      { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:*` } },
    ];
    const stateMachineArn = await service.createMachine(PASS, { loggingConfiguration: { level: 'ALL', destinations } });
    for (let count = 0; count < 3; count++) {
      const executionArn = await service.startExecution({ stateMachineArn });
      expect(await service.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    }
  });
});
