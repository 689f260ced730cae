import {
  ValidateStateMachineDefinitionCommand,
  type ValidateStateMachineDefinitionCommandInput,
} from '@aws-sdk/client-sfn';
import { sendRaw } from './raw-request';
import { invalid, PASS, refusalOf, useService, violation } from './service';
import { machineOfTasks, WAITING_TASKS } from './waiting-tasks';

const error = (message: string, location: string | undefined, code = 'SCHEMA_VALIDATION_FAILED') => ({
  severity: 'ERROR',
  code,
  message,
  ...(location !== undefined && { location }),
});
const warning = (code: string, location: string) => ({
  severity: 'WARNING',
  code,
  message: expect.any(String),
  location,
});

describe('ValidateStateMachineDefinition', () => {
  const service = useService();
  const send = async (input: Partial<ValidateStateMachineDefinitionCommandInput>) => {
    const command = new ValidateStateMachineDefinitionCommand(input as ValidateStateMachineDefinitionCommandInput);
    const { $metadata: _, ...answer } = await service.client.send(command);
    return answer;
  };
  const check = (definition: object | string, more: object = {}) =>
    send({ definition: typeof definition === 'string' ? definition : JSON.stringify(definition), ...more });

  test('a definition that is fine', async () => {
    expect(await check(PASS)).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    expect(await check(PASS, { type: 'EXPRESS', severity: 'WARNING', maxResults: 1 })).toEqual({
      result: 'OK',
      diagnostics: [],
      truncated: false,
    });
  });

  test.each<[string, object | string, object[]]>([
    ['nothing in it', {}, [error('These fields are required: [States, StartAt]', '/')]],
    ['no object', '[]', [error('Definition must be a valid JSON object', '/')]],
    [
      'no JSON',
      'not JSON',
      [
        error(
          "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: (String)\"not JSON\"; line: 1, column: 4]",
          '[Source: (String)"not JSON"; line: 1, column: 4]',
          'INVALID_JSON_DESCRIPTION',
        ),
      ],
    ],
    [
      'states that want JSONPath in a machine of JSONata',
      {
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', QueryLanguage: 'JSONPath', Next: 'B' },
          B: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'C', States: { C: { Type: 'Succeed', QueryLanguage: 'JSONPath' } } }],
            End: true,
          },
        },
      },
      ['/States/A', '/States/B/Branches[0]/States/C'].map((location) =>
        error("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", location),
      ),
    ],
    [
      'a state that is not there',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, C: { Type: 'Succeed' } } },
      [error("Missing 'Next' target: B", '/States/A/Next', 'MISSING_TRANSITION_TARGET')],
    ],
  ])('%s', async (_, definition, diagnostics) => {
    expect(await check(definition)).toEqual({ result: 'FAIL', diagnostics, truncated: false });
  });

  const MAP = { Type: 'Map', ItemProcessor: { StartAt: 'B', States: { B: { Type: 'Succeed' } } }, End: true };

  test('what AWS runs and this service refuses to create is a warning', async () => {
    const definition = { StartAt: 'A', States: { A: { ...MAP, ItemReader: {} } } };
    expect(await check(definition)).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    const told = { ...error("Field 'ItemReader' is not built into Stepwell yet", '/States/A'), severity: 'WARNING' };
    expect(await check(definition, { severity: 'WARNING' })).toEqual({
      result: 'OK',
      diagnostics: [told],
      truncated: false,
    });
  });

  test('tasks that wait for others, in a machine of type EXPRESS', async () => {
    const diagnostics = WAITING_TASKS.map(([name, , text]) => error(text, `/States/${name}/Resource`));
    // Large ones are looked at elsewhere.
    for (const comment of ['', 'x'.repeat(60_000)]) {
      const definition = machineOfTasks(WAITING_TASKS, comment);
      expect(await check(definition, { type: 'EXPRESS' })).toEqual({ result: 'FAIL', diagnostics, truncated: false });
      for (const type of ['STANDARD', undefined]) {
        expect(await check(definition, { type })).toEqual({ result: 'OK', diagnostics: [], truncated: false });
      }
    }
  });

  test('an empty text, which the SDK lets nobody send', async () => {
    const { json } = await sendRaw(service.endpoint, {
      action: 'ValidateStateMachineDefinition',
      body: '{"definition":""}',
    });
    expect(json).toEqual({
      result: 'FAIL',
      diagnostics: [error('Definition must be a valid JSON object', undefined)],
      truncated: false,
    });
  });

  const DOUBTFUL = {
    StartAt: 'P',
    States: {
      P: { Type: 'Pass', Result: { total: '$.total' }, Next: 'C' },
      C: {
        Type: 'Choice',
        Choices: [{ Variable: '$.a', StringEquals: '$.b', Next: 'P' }],
        Default: 'E',
      },
      E: { Type: 'Fail' },
    },
  };
  const DOUBTS = [
    warning('PASS_RESULT_IS_STATIC', '/States/P/Result'),
    warning('NO_PATH', '/States/C/Choices[0]/StringEquals'),
  ];

  test('warnings are told to those who want them, and fail nothing', async () => {
    for (const severity of [undefined, 'ERROR'] as const) {
      expect(await check(DOUBTFUL, { severity })).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    }
    expect(await check(DOUBTFUL, { severity: 'WARNING' })).toEqual({
      result: 'OK',
      diagnostics: DOUBTS,
      truncated: false,
    });
  });

  test('errors come before warnings', async () => {
    const both = { ...DOUBTFUL, StartAt: 'X' };
    const { result, diagnostics } = await check(both, { severity: 'WARNING' });
    expect(result).toBe('FAIL');
    expect(diagnostics!.map(({ severity }) => severity)).toEqual(['ERROR', 'WARNING', 'WARNING']);
  });

  const MANY = {
    StartAt: 'S0',
    States: Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`S${index}`, { Type: 'Odd' }])),
  };

  test.each([
    [undefined, 100],
    [0, 100],
    [100, 100],
    [7, 7],
    [1, 1],
  ])('maxResults %p: %i of many, and that there are more', async (maxResults, count) => {
    const { diagnostics, truncated } = await check(MANY, { maxResults });
    expect(diagnostics).toHaveLength(count);
    expect(truncated).toBe(true);
  });

  test('as many as there are is not truncated', async () => {
    expect(await check(DOUBTFUL, { severity: 'WARNING', maxResults: 2 })).toMatchObject({ truncated: false });
    expect(await check(DOUBTFUL, { severity: 'WARNING', maxResults: 1 })).toMatchObject({ truncated: true });
  });

  test('a large definition is checked as well', async () => {
    const padding = { ...PASS, Comment: 'x'.repeat(200_000) };
    expect(await check(padding)).toMatchObject({ result: 'OK' });
    expect(await check({ ...padding, StartAt: 'none' })).toMatchObject({
      result: 'FAIL',
      diagnostics: [{ code: 'MISSING_TRANSITION_TARGET', location: '/StartAt' }],
    });
  });

  test('nothing is created', async () => {
    const names = async () => (await sendRaw(service.endpoint, { action: 'ListStateMachines' })).json;
    const before = await names();
    await check(PASS);
    expect(await names()).toEqual(before);
  });

  test('constraints of its members', async () => {
    const wrong = { definition: undefined, type: 'ODD', severity: 'INFO', maxResults: 101 } as never;
    expect(await refusalOf(send(wrong))).toEqual(
      invalid(
        violation('definition', 'not be null'),
        violation('type', 'satisfy enum value set: [STANDARD, EXPRESS]', 'ODD'),
        violation('severity', 'satisfy enum value set: [ERROR, WARNING]', 'INFO'),
        violation('maxResults', 'have value less than or equal to 100', 101),
      ),
    );
    expect(await refusalOf(check('x'.repeat(1_048_577)))).toEqual(
      invalid(violation('definition', 'have length less than or equal to 1048576')),
    );
  });
});
