import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../lib/asl/definition/checks';
import { INNER_SHAPES, MACHINE_SHAPE, STATE_SHAPES } from '../lib/asl/definition/fields';
import { JSONATA_CATCHER, JSONATA_RULE, JSONATA_SHAPES } from '../lib/asl/definition/jsonata-shapes';
import { INTRINSICS } from '../lib/asl/template/intrinsics';

/** What docs/language.md says, held to the tables of the code. */

const FILE = join(__dirname, '../docs/language.md');
const DOCUMENT = readFileSync(FILE, 'utf8');

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const WIDTH = 120;

/** An item of a list, over as many lines as it takes. */
function item(text: string): string {
  let lines = '-';
  let width = lines.length;
  for (const word of text.split(' ')) {
    const fits = width + 1 + word.length <= WIDTH;
    lines += fits ? ` ${word}` : `\n  ${word}`;
    width = fits ? width + 1 + word.length : 2 + word.length;
  }
  return lines;
}

function fieldsOf(title: string, { fields, notYet = [], ofJsonata = [], ofJsonPath = [] }: Shape): string {
  const parts = [`**${title}** executed: ${listed(Object.keys(fields))}`];
  if (notYet.length > 0) parts.push(`not built yet: ${listed(notYet)}`);
  if (ofJsonata.length > 0) parts.push(`JSONata only: ${listed(ofJsonata)}`);
  if (ofJsonPath.length > 0) parts.push(`JSONPath only: ${listed(ofJsonPath)}`);
  return item(`${parts.join('; ')}.`);
}

const list = [
  fieldsOf('The machine', MACHINE_SHAPE),
  ...Object.entries(STATE_SHAPES).map(([type, shape]) => fieldsOf(`\`${type}\``, shape)),
  ...Object.entries(INNER_SHAPES).map(([name, shape]) => fieldsOf(`\`${name}\``, shape)),
  ...Object.entries(JSONATA_SHAPES).map(([type, shape]) => fieldsOf(`\`${type}\` in JSONata`, shape)),
  fieldsOf('`Choices[]` in JSONata', JSONATA_RULE),
  fieldsOf('`Catch[]` in JSONata', JSONATA_CATCHER),
].join('\n');

test('its fields are those of the language', () => {
  const parts = /^([\s\S]*<!-- fields:[^\n]*-->\n)([\s\S]*?)(<!-- \/fields -->[\s\S]*)$/.exec(DOCUMENT)!;
  if (process.env.STEPWELL_WRITE_DOCS) writeFileSync(FILE, `${parts[1]}\n${list}\n\n${parts[3]}`);
  else expect(parts[2]!.trim()).toBe(list);
});

test('its intrinsic functions are those of the language', () => {
  const rows = [...DOCUMENT.matchAll(/^\| `(States\.\w+)`/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual([...INTRINSICS.keys()].sort());
});
