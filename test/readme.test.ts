import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIONS } from '../lib/api/actions';
import { STATE_SHAPES } from '../lib/asl/definition/fields';
import { START_OPTIONS } from '../lib/cli/options';

/** What the README says, held to what is there. */

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const section = (title: string): string => README.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;
const namesIn = (text: string): string[] => [...text.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name!).sort();
const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| '));

const [actions, states] = section('What is there').split(/\n\| state +\|/) as [string, string];

test('its actions are those of the registry', () => {
  expect(namesIn(rowsOf(actions).join())).toEqual([...ACTIONS.keys()].sort());
});

test('its states are those of the language', () => {
  expect(namesIn(rowsOf(states).join())).toEqual(Object.keys(STATE_SHAPES).sort());
});

test('its options are those of the command', () => {
  const rows = rowsOf(section('Options of `stepwell start`')).slice(2);
  const cells = rows.map((row) =>
    row
      .slice(2)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
  expect(cells.map(([flag, variable, fallback]) => [flag, variable, fallback])).toEqual(
    START_OPTIONS.map(({ flag, value, variable, default: fallback }) => [
      `\`--${flag}${value === undefined ? '' : ` ${value}`}\``,
      `\`${variable}\``,
      fallback === undefined ? '' : `\`${fallback}\``,
    ]),
  );
});

test('its code is that of the example', () => {
  const code = /```js\n([\s\S]*?)```/.exec(README)![1];
  expect(code).toBe(readFileSync(join(ROOT, 'examples/hello/library.mjs'), 'utf8'));
});

test.each([...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!))(
  '%s, which it leads to, is there',
  (target) => {
    expect(() => readFileSync(join(ROOT, target, target.includes('.') ? '' : '.'), 'utf8')).not.toThrow(/ENOENT/);
  },
);
