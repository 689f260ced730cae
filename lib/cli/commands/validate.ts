import type { MachineType } from '../../asl/definition/express';
import type { Command } from '../command';
import { counted } from '../counted';
import { checkDefinition, describeProblem, type Problem, readText, titleOf } from '../definition-file';
import { VALIDATE_OPTIONS } from '../options';
import { BadSetting } from '../refusal';
import type { Terminal } from '../terminal';

export const validate: Command = {
  name: 'validate',
  summary: 'Check definitions; every problem with its line and column.',
  about: [
    'Checks definitions in Amazon States Language, just as CreateStateMachine does: fields and their types, paths, transitions, states that are never reached. Every problem is one line, FILE:LINE:COLUMN: CODE: text (at /pointer), in the order of the text.',
    "FILE is a JSON file, or - for standard input. What today's AWS knows and Stepwell does not yet is a problem that says so.",
  ],
  operands: { name: 'FILE', least: 1, most: Number.POSITIVE_INFINITY },
  options: VALIDATE_OPTIONS,
  examples: [
    {
      purpose: 'Check definitions, as a step of CI does.',
      command: 'stepwell validate order.asl.json refund.asl.json',
    },
    {
      purpose: 'Check one that another command prints.',
      command:
        'aws stepfunctions describe-state-machine --state-machine-arn ARN --query definition --output text | stepwell validate -',
    },
    {
      purpose: 'The names of the files that have problems.',
      command: "stepwell validate --json *.json | jq -r '.[] | select(.ok | not) | .file'",
    },
  ],
  statuses: [
    [0, 'Every definition is fine.'],
    [1, 'A definition has problems.'],
    [2, 'A file cannot be read, or a word of the command is wrong.'],
  ],

  async run(settings, files, terminal) {
    const checked: CheckedFile[] = [];
    const type = settings.isOn('express') ? 'EXPRESS' : 'STANDARD';
    for (const file of files) checked.push(await checkFile(file, type));
    if (settings.isOn('json')) terminal.print(JSON.stringify(checked.map(toJson), null, 2));
    else for (const file of checked) printFile(file, terminal);
    const problemCount = checked.reduce((sum, { problems }) => sum + problems.length, 0);
    if (problemCount > 0) terminal.report(summarize(checked, problemCount));
    if (checked.some(({ unreadable }) => unreadable !== undefined)) return 2;
    return problemCount > 0 ? 1 : 0;
  },
};

interface CheckedFile {
  file: string;
  problems: Problem[];
  /** How many states a fine definition has, those in branches included. */
  states: number | undefined;
  /** Why it could not be read. */
  unreadable: string | undefined;
}

async function checkFile(file: string, type: MachineType): Promise<CheckedFile> {
  try {
    const { program, problems } = checkDefinition(await readText(file), type);
    return { file, problems, states: program?.states.size, unreadable: undefined };
  } catch (error) {
    if (!(error instanceof BadSetting)) throw error;
    return { file, problems: [], states: undefined, unreadable: error.message };
  }
}

function printFile({ file, problems, states, unreadable }: CheckedFile, terminal: Terminal): void {
  if (unreadable !== undefined) terminal.report(`stepwell: ${unreadable}`);
  else if (states !== undefined) terminal.print(`${titleOf(file)}: fine (${counted(states, 'state')})`);
  for (const problem of problems) terminal.print(describeProblem(file, problem));
}

function toJson({ file, problems, states, unreadable }: CheckedFile): object {
  return { file: titleOf(file), ok: states !== undefined, states, error: unreadable, problems };
}

function summarize(checked: CheckedFile[], problemCount: number): string {
  const files = checked.filter(({ problems }) => problems.length > 0).length;
  return `${counted(problemCount, 'problem')} in ${counted(files, 'file')}`;
}
