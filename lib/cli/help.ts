import type { Command } from './command';
import type { Option } from './options';

const WIDTH = 100;
const LEFT = 32;

/** `stepwell --help`. */
export function describeCommands(commands: readonly Command[], version: string): string {
  const lines = [
    `Stepwell ${version}: AWS Step Functions that you own.`,
    '',
    'Usage: stepwell COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
    '',
    'Options:',
    ...row('-h, --help', 'This text; after a command, what that one does.'),
    ...row('-V, --version', 'The version.'),
    '',
    'To begin with:',
    ...examples(commands.map((command) => command.examples[0]!)),
  ];
  return lines.join('\n');
}

/** `stepwell COMMAND --help`. */
export function describeCommand({ name, operands, about, options, examples: shown, statuses }: Command): string {
  const operand = operands ? ` ${operands.name}${operands.most > 1 ? '...' : ''}` : '';
  const lines = [
    `Usage: stepwell ${name}${operand} [OPTIONS]`,
    '',
    ...about.flatMap((paragraph) => [...wrap(paragraph, WIDTH), '']),
    'Options:',
    ...options.flatMap((option) => row(`--${option.flag}${option.value ? ` ${option.value}` : ''}`, explain(option))),
    ...row('-h, --help', 'This text.'),
    '',
    'Examples:',
    ...examples(shown),
    '',
    'Exit status:',
    ...statuses.map(([status, meaning]) => `  ${status}  ${meaning}`),
  ];
  return lines.join('\n');
}

function explain({ help, default: fallback, variable }: Option): string {
  const notes = [fallback && `default: ${fallback}`, variable && `variable: ${variable}`].filter(Boolean);
  return notes.length > 0 ? `${help}\n[${notes.join('; ')}]` : help;
}

function examples(shown: Command['examples']): string[] {
  return shown.flatMap(({ purpose, command }) => [`  # ${purpose}`, `  ${command}`]);
}

/** What is explained on the left, lines of explanation on the right. */
function row(left: string, right: string): string[] {
  const lines = right.split('\n').flatMap((text) => wrap(text, WIDTH - LEFT));
  return lines.map((line, index) => `  ${(index === 0 ? left : '').padEnd(LEFT - 2)}${line}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += (line && ' ') + word;
  }
  return [...lines, line];
}
