import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import { validateDefinition } from '../../lib/asl/definition/validate';
import { ACTIVITY, type Fields, missing, ofJsonata, problemsOf, schema } from './problems';

const states: Fields = { A: { Type: 'Pass', End: true } };

describe('text that is not JSON', () => {
  test.each([
    [
      'hello',
      "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      6,
    ],
    [
      '{"StartAt":\n  "A",\n}',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
      3,
      2,
    ],
    [
      '{"a":1} x',
      "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      10,
    ],
  ])('%j is told with its line and column', (text, message, line, column) => {
    const [problem, ...others] = problemsOf(text);
    expect(problem).toContain(`INVALID_JSON_DESCRIPTION: ${message}\n`);
    expect(problem).toContain(` at [Source: (String)"${text}"; line: ${line}, column: ${column}] at /`);
    expect(others).toEqual([]);
  });

  test.each(['', ' ', '\r\n\t'])('%j is no definition, and has no place', (text) => {
    expect(problemsOf(text)).toEqual([schema('Definition must be a valid JSON object at null')]);
  });

  test('of a long text no more than 500 characters are shown', () => {
    const [problem] = problemsOf(`[${'x'.repeat(10_000)}`);
    expect(problem!.length).toBeLessThan(1_000);
    expect(problem).toContain(`[Source: (String)"[${'x'.repeat(499)}"[truncated 9501 chars]; line: 1, column: `);
  });

  test('of hostile depth is refused like any other', () => {
    expect(problemsOf('['.repeat(100_000))).toEqual([expect.stringContaining('Document nesting depth (1001)')]);
  });
});

describe('the machine', () => {
  const oneOf = (name: string, values: string) =>
    schema(`Value should be one of the following: [${values}] at /${name}`);

  test.each<[unknown, string[]]>([
    [[], [schema('Definition must be a valid JSON object at /')]],
    ['text', [schema('Definition must be a valid JSON object at /')]],
    [null, [schema('Definition must be a valid JSON object at /')]],
    [{}, [schema('These fields are required: [States, StartAt] at /')]],
    [{ StartAt: 'A' }, [schema('These fields are required: [States] at /')]],
    [{ States: states }, [schema('These fields are required: [StartAt] at /')]],
    [{ StartAt: 'A', States: states }, []],
    [{ StartAt: 5, States: states }, [schema('Expected value of type String at /StartAt')]],
    [{ StartAt: 'A', States: {} }, [schema('Value cannot be empty at /States')]],
    [{ StartAt: 'A', States: [] }, [schema('Expected value of type Object at /States')]],
    [{ StartAt: 'A', States: null }, [schema('Expected value of type Object at /States')]],
    [{ StartAt: 'A', States: { ...states, B: 5 } }, [schema('Expected value of type Object at /States/B')]],
    [{ StartAt: 'A', States: { ...states, B: null } }, [schema('Expected value of type Object at /States/B')]],
    [{ StartAt: 'A', States: { ...states, B: [] } }, [schema('Expected value of type Object at /States/B')]],
    [{ StartAt: 'A', States: states, Comment: 'c', Version: '1.0', TimeoutSeconds: 1, QueryLanguage: 'JSONPath' }, []],
    [{ StartAt: 'A', States: states, Comment: 5 }, [schema('Expected value of type String at /Comment')]],
    [{ StartAt: 'A', States: states, Version: '1.1' }, [oneOf('Version', '1.0')]],
    [{ StartAt: 'A', States: states, Version: 1 }, [schema('Expected value of type [STRING] at /Version')]],
    [{ StartAt: 'A', States: states, TimeoutSeconds: 0 }, [schema('Minimum value is 1 at /TimeoutSeconds')]],
    [{ StartAt: 'A', States: states, TimeoutSeconds: 99_999_999 }, []],
    [
      { StartAt: 'A', States: states, TimeoutSeconds: 100_000_000 },
      [schema('Maximum value is 99999999 at /TimeoutSeconds')],
    ],
    [
      { StartAt: 'A', States: states, TimeoutSeconds: '5' },
      [schema('Expected value of type Integer at /TimeoutSeconds')],
    ],
    [{ StartAt: 'A', States: states, QueryLanguage: 1 }, [schema('Expected value of type [STRING] at /QueryLanguage')]],
    [{ StartAt: 'A', States: states, QueryLanguage: 'SQL' }, [oneOf('QueryLanguage', 'JSONPath, JSONata')]],
    [
      { StartAt: 'A', States: states, Unknown: 1, startAt: 'A' },
      [schema("Field 'Unknown' is not supported at /"), schema("Field 'startAt' is not supported at /")],
    ],
  ])('%j', (definition, problems) => {
    expect(problemsOf(JSON.stringify(definition))).toEqual(problems);
  });
});

describe('Type', () => {
  const place = '/States/A';
  const types = `The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at ${place}/Type`;
  test.each<[unknown, string]>([
    ['Nonsense', types],
    ['pass', types],
    ['', types],
    [5, types],
    [null, types],
    ['constructor', types],
    [undefined, `These fields are required: [Type] at ${place}`],
  ])('%j', (Type, problem) => {
    expect(problemsOf({ StartAt: 'A', States: { A: { Type, End: true } } })).toEqual([schema(problem)]);
  });
});

describe("what belongs to today's language and is not built yet is refused by its name", () => {
  const notYet = (what: string, where: string) => [schema(`${what} is not built into Stepwell yet at ${where}`)];
  const inState = (state: Fields) => ({ StartAt: 'A', States: { A: state } });

  test.each<[string, Fields, string[]]>([
    [
      'JSONata around states that do not speak it',
      inState({
        Type: 'Map',
        End: true,
        QueryLanguage: 'JSONata',
        Items: [],
        ItemProcessor: { StartAt: 'B', States: { B: { Type: 'Pass', End: true, Output: 1 } } },
      }),
      [schema(`${ofJsonata('Output')} at /States/A/ItemProcessor/States/B`)],
    ],
    [
      'children of a distributed Map in memory',
      inState({
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          StartAt: 'B',
          States: { B: { Type: 'Pass', End: true } },
        },
        End: true,
      }),
      notYet("ExecutionType 'EXPRESS'", '/States/A/ItemProcessor/ProcessorConfig/ExecutionType'),
    ],
    [
      'a service integration',
      inState({ Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun', End: true }),
      notYet("The service integration 'arn:aws:states:::glue:startJobRun'", '/States/A/Resource'),
    ],
    [
      'deep in a branch',
      inState({
        Type: 'Parallel',
        End: true,
        Branches: [{ StartAt: 'B', States: { B: { Type: 'Task', Resource: ACTIVITY, Arguments: {}, End: true } } }],
      }),
      [schema(`${ofJsonata('Arguments')} at /States/A/Branches[0]/States/B`)],
    ],
  ])('%s', (_, definition, problems) => {
    expect(problemsOf(definition)).toEqual(problems);
  });
});

test('all problems are reported at once: shapes in the order of the document, then names, then transitions', () => {
  const definition = {
    StartAt: 'A',
    Comment: 5,
    States: {
      A: { Type: 'Pass', Next: 'B', InputPath: 'x', Extra: 1 },
      B: { Type: 'Wait', Seconds: -1, Next: 'Nowhere' },
      P: {
        Type: 'Parallel',
        Next: 'A',
        Branches: [
          { StartAt: 'B', States: { B: { Type: 'Fail', Error: 1 } } },
          { StartAt: 'C', States: { C: { Type: 'Pass', Next: 'Gone' } } },
        ],
      },
    },
  };
  const problems = [
    schema('Expected value of type String at /Comment'),
    schema('Value must be a valid JSONPath. at /States/A/InputPath'),
    schema("Field 'Extra' is not supported at /States/A"),
    schema('Minimum value is 0 at /States/B/Seconds'),
    schema('Expected value of type String at /States/P/Branches[0]/States/B/Error'),
    'DUPLICATE_STATE_NAME: Duplicate State name: B at /',
    missing("Missing 'Next' target: Nowhere at /States/B/Next"),
    'MISSING_END_STATE: Workflow has no terminal state at null',
    missing("Missing 'Next' target: Gone at /States/P/Branches[1]/States/C/Next"),
    'MISSING_END_STATE: Workflow has no terminal state at null',
  ];
  expect(problemsOf(definition)).toEqual(problems);
  const { diagnostics } = validateDefinition(JSON.stringify(definition));
  expect(describeDiagnostics(diagnostics)).toBe(problems.join(', '));
});

test('a definition without problems gives its JSON, in its order', () => {
  const { definition, diagnostics } = validateDefinition(
    '{"StartAt":"2","States":{"2":{"Type":"Pass","Next":"1"},"1":{"Type":"Succeed"}}}',
  );
  expect(diagnostics).toEqual([]);
  expect([...(definition as Map<string, Map<string, unknown>>).get('States')!.keys()]).toEqual(['2', '1']);
});
