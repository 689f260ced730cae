import { compileDefinition } from '../../lib/asl/definition/compile';
import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import { validateDefinition } from '../../lib/asl/definition/validate';
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

const apart = (fields: Fields = {}, config: Fields = {}): Fields =>
  map({
    ItemProcessor: { ...inline, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD', ...config } },
    ...fields,
  });

describe('distributed', () => {
  test.each<[string, Fields]>([
    ['nothing more', {}],
    ['a label', { Label: 'orders-2024_a' }],
    ['what is tolerated', { ToleratedFailureCount: 0, ToleratedFailurePercentage: 12.5 }],
    ['paths to that', { ToleratedFailureCountPath: '$.a', ToleratedFailurePercentagePath: '$v.b' }],
  ])('%s', (_, fields) => {
    expect(problemsOf(apart(fields))).toEqual([]);
  });

  test('the older Iterator', () => {
    const { ItemProcessor } = (apart().States as { M: Fields }).M;
    expect(problemsOf(map({ ItemProcessor: undefined, Iterator: ItemProcessor }))).toEqual([]);
  });

  test.each<[string, Fields, string]>([
    ['a label without a character', { Label: '' }, `Label cannot be empty at ${at}/Label`],
    ['a label that is too long', { Label: 'l'.repeat(41) }, `Label cannot exceed 40 characters at ${at}/Label`],
    ['a character that no ARN has', { Label: 'a:b' }, `Label contains invalid character: ':' at ${at}/Label`],
    ['less than nothing', { ToleratedFailureCount: -1 }, `Minimum value is 0 at ${at}/ToleratedFailureCount`],
    [
      'more than all',
      { ToleratedFailurePercentage: 100.5 },
      `Maximum value is 100.0 at ${at}/ToleratedFailurePercentage`,
    ],
    [
      'a number and its path',
      { ToleratedFailureCount: 1, ToleratedFailureCountPath: '$.n' },
      `There should only be one of the following fields: [ToleratedFailureCount, ToleratedFailureCountPath] at ${at}`,
    ],
  ])('refused: %s', (_, fields, problem) => {
    expect(problemsOf(apart(fields))).toEqual([schema(problem)]);
  });

  test('refused: children in memory, by their name', () => {
    const place = `${at}/ItemProcessor/ProcessorConfig/ExecutionType`;
    expect(problemsOf(apart({}, { ExecutionType: 'EXPRESS' }))).toEqual([
      schema(`ExecutionType 'EXPRESS' is not built into Stepwell yet at ${place}`),
    ]);
  });

  test('refused: a label twice', () => {
    const state = (name: string, Next?: string) => ({
      Type: 'Map',
      Label: 'l',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED' },
        StartAt: name,
        States: { [name]: { Type: 'Pass', End: true } },
      },
      ...(Next ? { Next } : { End: true }),
    });
    const definition = { StartAt: 'M', States: { M: state('A', 'N'), N: state('B') } };
    expect(problemsOf(definition)).toEqual([schema('Duplicate Label: l at /')]);
    const { Label: _, ...unlabelled } = state('B');
    const alone = { StartAt: 'N', States: { N: unlabelled } };
    const [followed] = compileDefinition(JSON.stringify(alone)).processors.keys();
    const states = { M: { ...state('A', 'N'), Label: followed }, N: unlabelled };
    expect(problemsOf({ StartAt: 'M', States: states })).toEqual([schema(`Duplicate Label: ${followed} at /`)]);
  });

  test('refused: in a state machine of type EXPRESS', () => {
    const { diagnostics } = validateDefinition(JSON.stringify(apart()), 'EXPRESS');
    expect(describeDiagnostics(diagnostics)).toBe(
      schema(`Express state machine does not support Map states in mode 'DISTRIBUTED' at ${at}`),
    );
  });

  test('its variables are its own: names may be those around it', () => {
    const States = { B: { Type: 'Pass', Assign: { v: 1 }, End: true } };
    const ItemProcessor = { ...inline, States, ProcessorConfig: { Mode: 'DISTRIBUTED' } };
    const problems = problemsOf({
      StartAt: 'P',
      States: {
        P: { Type: 'Pass', Assign: { v: 1 }, Next: 'M' },
        M: { Type: 'Map', ItemProcessor, End: true },
      },
    });
    expect(problems).toEqual([]);
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

  test.each(['ItemReader', 'ItemBatcher', 'ResultWriter'])('%s by its name', (name) => {
    expect(problemsOf(map({ [name]: {} }))).toEqual([
      schema(`Field '${name}' is not built into Stepwell yet at ${at}`),
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
