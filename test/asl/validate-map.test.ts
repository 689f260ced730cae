import { type Fields, missing, ofJsonata, problemsOf, schema } from './problems';

/** Map: its fields, what it runs for each item, and what belongs to distributed maps. */

const states = { B: { Type: 'Pass', End: true } };
const inline = { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'B', States: states };
const map = (fields: Fields): Fields => ({
  StartAt: 'M',
  States: { M: { Type: 'Map', ItemProcessor: inline, End: true, ...fields } },
});
const at = '/States/M';

describe('fine', () => {
  test.each<[string, Fields]>([
    ['ItemProcessor', {}],
    ['ItemProcessor without ProcessorConfig', { ItemProcessor: { StartAt: 'B', States: states } }],
    ['the older Iterator', { ItemProcessor: undefined, Iterator: { StartAt: 'B', States: states } }],
    ['Iterator with ProcessorConfig', { ItemProcessor: undefined, Iterator: inline }],
    [
      'everything',
      {
        Comment: 'c',
        InputPath: '$.a',
        ItemsPath: '$.b[0].c',
        ItemSelector: { 'i.$': '$$.Map.Item.Index', 'all.$': '$' },
        MaxConcurrency: 0,
        ResultSelector: { 'first.$': '$[0]' },
        ResultPath: null,
        OutputPath: '$',
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        Catch: [],
      },
    ],
    ['the older Parameters', { Parameters: { 'v.$': '$$.Map.Item.Value' } }],
    ['a path into the context object', { ItemsPath: '$$.Execution.Input.a' }],
  ])('%s', (_, fields) => {
    expect(problemsOf(map(fields))).toEqual([]);
  });
});

describe('refused', () => {
  test.each<[string, Fields, string[]]>([
    [
      'nothing to run',
      { ItemProcessor: undefined },
      [`This object should have only one of the following fields: [ItemProcessor, Iterator] at ${at}`],
    ],
    [
      'both to run',
      { Iterator: { StartAt: 'C', States: { C: { Type: 'Succeed' } } } },
      [`There should only be one of the following fields: [ItemProcessor, Iterator] at ${at}`],
    ],
    ['no states', { ItemProcessor: { StartAt: 'B' } }, [`These fields are required: [States] at ${at}/ItemProcessor`]],
    [
      'empty states',
      { ItemProcessor: { StartAt: 'B', States: {} } },
      [`Value cannot be empty at ${at}/ItemProcessor/States`],
    ],
    [
      'another field',
      { ItemProcessor: { ...inline, TimeoutSeconds: 1 } },
      [`Field 'TimeoutSeconds' is not supported at ${at}/ItemProcessor`],
    ],
    [
      'another mode',
      { ItemProcessor: { ...inline, ProcessorConfig: { Mode: 'X' } } },
      [`Value should be one of the following: [INLINE, DISTRIBUTED] at ${at}/ItemProcessor/ProcessorConfig/Mode`],
    ],
    [
      'an ExecutionType of what runs inline',
      { ItemProcessor: { ...inline, ProcessorConfig: { Mode: 'INLINE', ExecutionType: 'STANDARD' } } },
      [`Field 'ExecutionType' is not supported at ${at}/ItemProcessor/ProcessorConfig`],
    ],
    ['Items', { Items: [] }, [`${ofJsonata('Items')} at ${at}`]],
    [
      'a MaxConcurrencyPath into the context object',
      { MaxConcurrencyPath: '$$.Execution.Input.n' },
      [`Value is not a Reference Path at ${at}/MaxConcurrencyPath`],
    ],
    ['ItemsPath of many', { ItemsPath: '$.a[*]' }, [`Value is not a Reference Path at ${at}/ItemsPath`]],
    ['MaxConcurrency below 0', { MaxConcurrency: -1 }, [`Minimum value is 0 at ${at}/MaxConcurrency`]],
    [
      'MaxConcurrency and its path',
      { MaxConcurrency: 1, MaxConcurrencyPath: '$.n' },
      [`There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath] at ${at}`],
    ],
    [
      'ItemSelector and Parameters',
      { ItemSelector: {}, Parameters: {} },
      [`There should only be one of the following fields: [ItemSelector, Parameters] at ${at}`],
    ],
    ['TimeoutSeconds', { TimeoutSeconds: 1 }, [`Field 'TimeoutSeconds' is not supported at ${at}`]],
    [
      'a broken state',
      { ItemProcessor: { StartAt: 'B', States: { B: { Type: 'Wait', End: true } } } },
      [
        `This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at ${at}/ItemProcessor/States/B`,
      ],
    ],
  ])('%s', (_, fields, problems) => {
    expect(problemsOf(map(fields))).toEqual(problems.map(schema));
  });

  test.each([
    'ItemReader',
    'ItemBatcher',
    'ResultWriter',
    'Label',
    'ToleratedFailureCount',
    'ToleratedFailureCountPath',
    'ToleratedFailurePercentage',
    'ToleratedFailurePercentagePath',
  ])('%s by its name', (name) => {
    expect(problemsOf(map({ [name]: {} }))).toEqual([
      schema(`Field '${name}' is not built into Stepwell yet at ${at}`),
    ]);
  });

  test('distributed maps by their mode', () => {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const place = `${at}/ItemProcessor/ProcessorConfig`;
    expect(problemsOf(map({ ItemProcessor: { ...inline, ProcessorConfig } }))).toEqual([
      schema(`Mode 'DISTRIBUTED' is not built into Stepwell yet at ${place}/Mode`),
      schema(`Field 'ExecutionType' is not built into Stepwell yet at ${place}`),
    ]);
  });

  test('what leads out of an iteration, or into one', () => {
    const States = { B: { Type: 'Pass', Next: 'T' } };
    const problems = problemsOf({
      StartAt: 'M',
      States: { M: { Type: 'Map', ItemProcessor: { StartAt: 'B', States }, Next: 'B' }, T: { Type: 'Succeed' } },
    });
    expect(problems).toEqual([
      missing("Missing 'Next' target: B at /States/M/Next"),
      missing("Missing 'Next' target: T at /States/M/ItemProcessor/States/B/Next"),
      'MISSING_END_STATE: Workflow has no terminal state at null',
    ]);
  });

  test('a name that stands outside, too', () => {
    const problems = problemsOf({ StartAt: 'B', States: { B: { Type: 'Map', ItemProcessor: inline, End: true } } });
    expect(problems).toEqual(['DUPLICATE_STATE_NAME: Duplicate State name: B at /']);
  });
});
