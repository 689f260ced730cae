import { pointerOf } from '../../lib/asl/definition/diagnostic';
import { locateDiagnostics } from '../../lib/asl/definition/locate';
import { validateDefinition } from '../../lib/asl/definition/validate';

/** Validates the lines and answers `line:column pointer` of each problem, in the order of the text. */
function places(...lines: string[]): string[] {
  return placesIn(lines.join('\n'));
}

function placesIn(text: string): string[] {
  const { diagnostics } = validateDefinition(text);
  return locateDiagnostics(text, diagnostics).map(({ line, column, path }) => `${line}:${column} ${pointerOf(path)}`);
}

test('a wrong value: at the name of its member', () => {
  expect(
    places(
      '{',
      '  "StartAt": "A",',
      '  "States": {',
      '    "A": { "Type": "Wait", "Seconds": -1, "End": true }',
      '  }',
      '}',
    ),
  ).toEqual(['4:28 /States/A/Seconds']);
});

test('a missing field: at the name of what lacks it', () => {
  expect(places('{ "StartAt": "A", "States": {', '  "A": { "Type": "Task", "End": true }', '} }')).toEqual([
    '2:3 /States/A',
  ]);
});

test('an item of a list: at the item', () => {
  const lines = [
    '{ "StartAt": "A", "States": {',
    '  "A": { "Type": "Choice", "Default": "B", "Choices": [',
    '    { "Variable": "$.x", "IsNull": true, "Next": "B" },',
    '      { "Variable": "$.x", "Next": "B" }',
    '  ] },',
    '  "B": { "Type": "Succeed" } } }',
  ];
  expect(places(...lines)).toEqual(['4:7 /States/A/Choices[1]']);
});

test('a member of an item of a list: at its name', () => {
  const lines = [
    '{ "StartAt": "A", "States": {',
    '  "A": { "Type": "Choice", "Default": "B", "Choices": [ { "Variable": "$.x", "IsNull": true, "Next": "C" } ] },',
    '  "B": { "Type": "Succeed" } } }',
  ];
  expect(places(...lines)).toEqual(['2:94 /States/A/Choices[0]/Next']);
});

test('a problem of the whole: at the first character that is not white space', () => {
  expect(places('', '  { "Comment": "empty" }')).toEqual(['2:3 /']);
  expect(places('[]')).toEqual(['1:1 /']);
});

test('no place is named: at the document', () => {
  const lines = ['', '{ "StartAt": "A", "States": {', '  "A": { "Type": "Pass", "Next": "A" }', '} }'];
  expect(places(...lines)).toEqual(['2:1 null']);
});

test('text that is not JSON: where the parser stopped', () => {
  expect(places('{', '  "StartAt": "A"', '  "States": {}', '}')).toEqual(['3:3 /']);
  expect(places('{ "StartAt": "A"')).toEqual(['1:17 /']);
  expect(places('')).toEqual(['1:1 null']);
});

test('several problems: in the order of the text, not in which they were found', () => {
  const lines = [
    '{',
    '  "States": {',
    '    "A": { "Type": "Pass", "Next": "Nowhere", "Odd": 1 },',
    '    "B": { "Type": "Wait", "Seconds": "x", "End": true }',
    '  },',
    '  "StartAt": "Missing"',
    '}',
  ];
  expect(places(...lines)).toEqual(['3:5 /States/A', '3:28 /States/A/Next', '4:28 /States/B/Seconds', '6:3 /StartAt']);
});

test('line ends of Windows, tabs and characters beyond ASCII count as one column each', () => {
  expect(placesIn('{\r\n\t"StartAt": "é",\r\n\t"States": { "é": { "Type": "Pass", "End": 1 } }\r\n}')).toEqual([
    '3:37 /States/é/End',
  ]);
});

test('a name that occurs twice: where the value that counts stands', () => {
  const lines = ['{ "StartAt": "A", "States": { "A": {', '"Type": "Pass",', '"End": true,', '"End": 1 } } }'];
  expect(places(...lines)).toEqual(['4:1 /States/A/End']);
});

test('ten thousand problems in a long text are placed at once', () => {
  const states = Array.from({ length: 10_000 }, (_, index) => `"S${index}": { "Type": "Pass" }`);
  const text = `{ "StartAt": "S0", "States": {\n${states.join(',\n')}\n} }`;
  const { diagnostics } = validateDefinition(text);
  const located = locateDiagnostics(text, diagnostics);
  expect(located.length).toBeGreaterThanOrEqual(10_000);
  expect(located.at(-1)).toMatchObject({ line: 10_001, column: 1, path: ['States', 'S9999'] });
});
