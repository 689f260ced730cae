import { ACTIVITY, type Fields, missing, problemsOf } from './problems';

/** Targets, ends, reachability and names. */

const pass = (Next?: string): Fields => (Next === undefined ? { Type: 'Pass', End: true } : { Type: 'Pass', Next });
const succeed: Fields = { Type: 'Succeed' };
const noEnd = 'MISSING_END_STATE: Workflow has no terminal state at null';
const unreachable = (name: string, where = `/States/${name}`) =>
  missing(`State "${name}" is not reachable. at ${where}`);
const lost = (name: string, where: string) => missing(`Missing 'Next' target: ${name} at ${where}`);

function check(StartAt: string, States: Record<string, Fields>, problems: string[]): void {
  expect(problemsOf({ StartAt, States })).toEqual(problems);
}

describe('targets', () => {
  const choice = (fields: Fields = {}): Fields => ({
    Type: 'Choice',
    Choices: [
      { Variable: '$.a', IsNull: true, Next: 'A' },
      { And: [{ Variable: '$.a', IsNull: true }], Next: 'B' },
    ],
    ...fields,
  });
  const task = (...targets: string[]): Fields => ({
    Type: 'Task',
    Resource: ACTIVITY,
    End: true,
    Catch: targets.map((Next) => ({ ErrorEquals: [Next], Next })),
  });

  test.each<[string, string, Record<string, Fields>, string[]]>([
    ['all there', 'A', { A: pass('B'), B: pass() }, []],
    ['StartAt', 'X', { A: pass() }, [lost('X', '/StartAt')]],
    ['Next', 'A', { A: pass('X'), B: pass() }, [lost('X', '/States/A/Next')]],
    ['names are case-sensitive', 'a', { A: pass() }, [lost('a', '/StartAt')]],
    ['Choice rules', 'C', { C: choice(), B: pass() }, [lost('A', '/States/C/Choices[0]/Next')]],
    ['a logical rule', 'C', { C: choice(), A: pass() }, [lost('B', '/States/C/Choices[1]/Next')]],
    ['Default', 'C', { C: choice({ Default: 'D' }), A: pass(), B: pass() }, [lost('D', '/States/C/Default')]],
    ['Catch', 'T', { T: task('A', 'X'), A: pass() }, [lost('X', '/States/T/Catch[1]/Next')]],
    [
      'all of them, in the order of the document',
      'X',
      { C: choice({ Default: 'D' }), T: task('E'), P: pass('F') },
      [
        lost('X', '/StartAt'),
        lost('D', '/States/C/Default'),
        lost('A', '/States/C/Choices[0]/Next'),
        lost('B', '/States/C/Choices[1]/Next'),
        lost('E', '/States/T/Catch[0]/Next'),
        lost('F', '/States/P/Next'),
      ],
    ],
    [
      'a name that every object has',
      'A',
      { A: pass('constructor'), B: pass() },
      [lost('constructor', '/States/A/Next')],
    ],
    ['a state that leads to itself', 'A', { A: choice({ Default: 'A' }), B: pass() }, [lost('A', '')].slice(1)],
  ])('%s', (_, startAt, states, problems) => check(startAt, states, problems));
});

describe('ends', () => {
  const loop = (): Record<string, Fields> => ({ A: pass('B'), B: pass('A') });

  test.each<[string, string, Record<string, Fields>, string[]]>([
    ['End', 'A', { A: pass() }, []],
    ['Succeed', 'A', { A: pass('B'), B: succeed }, []],
    ['Fail', 'A', { A: pass('B'), B: { Type: 'Fail' } }, []],
    ['none', 'A', loop(), [noEnd]],
    ['a loop of one', 'A', { A: pass('A') }, [noEnd]],
    [
      'a Choice does not end',
      'A',
      { A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'A' }] } },
      [noEnd],
    ],
    ['it comes after missing targets', 'A', { A: pass('X') }, [lost('X', '/States/A/Next'), noEnd]],
    ['unreachable states are not reported beside it', 'A', { ...loop(), C: pass('A') }, [noEnd]],
    ['nor beside a missing target', 'A', { A: pass('X'), B: pass() }, [lost('X', '/States/A/Next')]],
  ])('%s', (_, startAt, states, problems) => check(startAt, states, problems));
});

describe('reachability', () => {
  test.each<[string, Record<string, Fields>, string[]]>([
    ['a state that nothing leads to', { A: pass(), B: pass() }, [unreachable('B')]],
    [
      'several',
      { A: pass(), B: pass('C'), C: pass(), D: succeed },
      [unreachable('B'), unreachable('C'), unreachable('D')],
    ],
    ['a loop beside the way', { A: pass(), B: pass('C'), C: pass('B') }, [unreachable('B'), unreachable('C')]],
    [
      'through Catch, Default and rules',
      {
        A: { Type: 'Task', Resource: ACTIVITY, Next: 'B', Catch: [{ ErrorEquals: ['E'], Next: 'C' }] },
        B: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'D' }], Default: 'E' },
        C: pass(),
        D: pass(),
        E: pass('A'),
      },
      [],
    ],
  ])('%s', (_, states, problems) => check('A', states, problems));

  test('of a state that is broken nothing is said about what it leads to', () => {
    const found = problemsOf({ StartAt: 'A', States: { A: { Type: 'Nonsense', Next: 'B' }, B: pass() } });
    expect(found).toEqual([expect.stringContaining("The field 'Type' should have one of these values")]);
  });
});

describe('branches', () => {
  const parallel = (...branches: Fields[]): Fields => ({ Type: 'Parallel', Branches: branches, Next: 'Z' });
  const machine = (...branches: Fields[]): Record<string, Fields> => ({ P: parallel(...branches), Z: succeed });
  const at = '/States/P/Branches';

  test.each<[string, Record<string, Fields>, string[]]>([
    [
      'fine',
      machine({ StartAt: 'A', States: { A: pass('B'), B: pass() } }, { StartAt: 'C', States: { C: succeed } }),
      [],
    ],
    ['their StartAt', machine({ StartAt: 'X', States: { A: pass() } }), [lost('X', `${at}[0]/StartAt`)]],
    [
      'a branch does not lead out of itself',
      machine({ StartAt: 'A', States: { A: pass('Z') } }),
      [lost('Z', `${at}[0]/States/A/Next`), noEnd],
    ],
    [
      'nor into its sibling',
      machine({ StartAt: 'A', States: { A: pass('B') } }, { StartAt: 'B', States: { B: pass() } }),
      [lost('B', `${at}[0]/States/A/Next`), noEnd],
    ],
    ['each must end', machine({ StartAt: 'A', States: { A: pass('A') } }), [noEnd]],
    [
      'each state in them is reached',
      machine({ StartAt: 'A', States: { A: pass(), B: pass() } }),
      [unreachable('B', `${at}[0]/States/B`)],
    ],
    [
      'at any depth',
      machine({
        StartAt: 'Q',
        States: {
          Q: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'A', States: { A: pass('X'), B: succeed } }] },
        },
      }),
      [lost('X', `${at}[0]/States/Q/Branches[0]/States/A/Next`)],
    ],
  ])('%s', (_, states, problems) => check('P', states, problems));

  test('the machine around them is checked as well', () => {
    check('P', { P: { ...parallel({ StartAt: 'A', States: { A: pass() } }), Next: 'X' } }, [
      lost('X', '/States/P/Next'),
      noEnd,
    ]);
  });
});

describe('names', () => {
  const duplicate = (name: string) => `DUPLICATE_STATE_NAME: Duplicate State name: ${name} at /`;
  const tooLong = (name: string) =>
    `INVALID_STATE_NAME: Invalid State name: State '${name}' exceeds the 80-character limit allowed by the service at /States/${name}`;
  const named = (name: string): Record<string, Fields> => ({ [name]: pass() });
  const branch = (name: string): Fields => ({ StartAt: name, States: named(name) });
  const parallel = (...branches: Fields[]): Fields => ({ Type: 'Parallel', Branches: branches, End: true });

  test.each(['x', 'x'.repeat(80), 'with space', 'a/b', 'é', '__proto__', 'constructor'])('%j', (name) => {
    const text = `{"StartAt":${JSON.stringify(name)},"States":{${JSON.stringify(name)}:{"Type":"Pass","End":true}}}`;
    expect(problemsOf(text)).toEqual([]);
  });

  test('of no or of more than 80 characters', () => {
    check('', named(''), ['SCHEMA_VALIDATION_FAILED: State name cannot be empty at /States/']);
    const long = 'x'.repeat(81);
    check(long, named(long), [tooLong(long)]);
  });

  test('are unique over the whole machine', () => {
    check('P', { P: parallel(branch('A'), branch('A')) }, [duplicate('A')]);
    check('P', { P: parallel(branch('P')) }, [duplicate('P')]);
    check('A', { A: pass('P'), P: parallel({ StartAt: 'Q', States: { Q: parallel(branch('A')) } }) }, [duplicate('A')]);
    check('P', { P: parallel(branch('A'), branch('A'), branch('A')) }, [duplicate('A'), duplicate('A')]);
  });
});
