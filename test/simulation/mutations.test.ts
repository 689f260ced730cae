import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Where a source has moved on, the mutation would not be made at all; the run that looks for it takes minutes. */
test('each guard that a mutation takes away stands in the sources, once', async () => {
  const edits = await editsOfMutations();
  expect(edits.length).toBeGreaterThan(50);
  const astray: string[] = [];
  for (const { name, file, from } of edits) {
    const parts = (await readFile(join(process.cwd(), file), 'utf8')).split(from);
    if (parts.length !== 2) astray.push(`${name}: ${file} has ${parts.length - 1} of: ${from}`);
  }
  expect(astray).toEqual([]);
});

interface Edit {
  readonly name: string;
  readonly file: string;
  readonly from: string;
}

/** In a process of its own: a module of today's kind cannot be loaded from here. */
async function editsOfMutations(): Promise<Edit[]> {
  const file = pathToFileURL(join(__dirname, 'mutations.mjs')).href;
  const code = `import { MUTATIONS } from ${JSON.stringify(file)};
    console.log(JSON.stringify(MUTATIONS.flatMap(({ name, edits }) => edits.map((edit) => ({ ...edit, name })))))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout) as Edit[];
}
