import { readFile } from 'node:fs/promises';
import { compileDefinition } from '../asl/definition/compile';
import { pointerOf } from '../asl/definition/diagnostic';
import type { MachineType } from '../asl/definition/express';
import { type LocatedDiagnostic, locateDiagnostics } from '../asl/definition/locate';
import type { Program } from '../asl/definition/program';
import { validateDefinition } from '../asl/definition/validate';
import { withoutSource } from '../asl/jackson';
import { BadSetting } from './refusal';

const STANDARD_INPUT = '-';

/** How a file is called in what is printed. */
export const titleOf = (file: string): string => (file === STANDARD_INPUT ? '<stdin>' : file);

/** The text of a file, or of standard input for `-`. Throws BadSetting. */
export async function readText(file: string): Promise<string> {
  const bytes = await (file === STANDARD_INPUT ? readStandardInput() : readFile(file)).catch((error) => {
    throw new BadSetting(`${titleOf(file)} cannot be read: ${reasonOf(error)}.`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadSetting(`${titleOf(file)} cannot be read: it is not UTF-8 text.`);
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not';
  return message;
}

export type CheckedDefinition = { program: Program; problems: [] } | { program: undefined; problems: Problem[] };

/** A diagnostic as it is shown: one line of text, and its place both as pointer and in the file. */
export type Problem = Pick<LocatedDiagnostic, 'code' | 'message' | 'line' | 'column'> & { pointer: string | null };

/** The compiled definition, or what is wrong with it, in the order of the text. */
export function checkDefinition(text: string, type: MachineType = 'STANDARD'): CheckedDefinition {
  const { diagnostics } = validateDefinition(text, type);
  if (diagnostics.length === 0) return { program: compileDefinition(text), problems: [] };
  const problems = locateDiagnostics(text, diagnostics).map(({ code, message, path, line, column }) => ({
    code,
    // A parser's message goes on with an excerpt of the text.
    message: withoutSource(message).split('\n')[0]!,
    pointer: path ? pointerOf(path) : null,
    line,
    column,
  }));
  return { program: undefined, problems };
}

/** `FILE:LINE:COLUMN: CODE: text (at /pointer)`, which editors and CI services make links of. */
export function describeProblem(file: string, { code, message, pointer, line, column }: Problem): string {
  const what = message === '' ? code : `${code}: ${message}`;
  return `${titleOf(file)}:${line}:${column}: ${what}${pointer === null ? '' : ` (at ${pointer})`}`;
}
