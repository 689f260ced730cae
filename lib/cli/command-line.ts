import { version } from '../../package.json';
import type { Command } from './command';
import { importMachines } from './commands/import';
import { keys } from './commands/keys';
import { run } from './commands/run';
import { start } from './commands/start';
import { validate } from './commands/validate';
import { describeCommand, describeCommands } from './help';
import { nearest } from './nearest';
import { Settings } from './options';
import { BadSetting, Refusal } from './refusal';
import { flush, openTerminal, type Terminal } from './terminal';
import { readWords } from './words';

const COMMANDS: readonly Command[] = [start, run, validate, importMachines, keys];

/** The command `stepwell`: reads the words, does what they say, and ends the process with the exit status. */
export async function runCommandLine(words: string[]): Promise<void> {
  const terminal = openTerminal();
  // The AWS SDK would tell users of Node 20 of its plans for 2027, in ten lines.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const status = await obey(words, terminal).catch((error) => {
    terminal.report(`stepwell: ${error instanceof Error ? error.message : error}`);
    return error instanceof Refusal ? error.exitStatus : 1;
  });
  await flush();
  process.exit(status);
}

async function obey([first, ...rest]: string[], terminal: Terminal): Promise<number> {
  if (first === undefined) {
    terminal.report(describeCommands(COMMANDS, version));
    return 2;
  }
  if (first === '--version' || first === '-V' || first === 'version') {
    terminal.print(version);
    return 0;
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    terminal.print(describeCommands(COMMANDS, version));
    return 0;
  }
  const isHelp = first === 'help';
  const command = commandNamed(isHelp ? rest[0]! : first);
  const { wantsHelp, flags, operands } = readWords(command, isHelp ? ['--help'] : rest);
  if (wantsHelp) {
    terminal.print(describeCommand(command));
    return 0;
  }
  return command.run(new Settings(command.options, flags, process.env), operands, terminal);
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  const near = nearest(name, name.startsWith('-') ? [] : names);
  if (name.startsWith('-')) {
    throw new BadSetting(
      `a command comes first, then its flags: stepwell start ${name}. \`stepwell --help\` lists them.`,
    );
  }
  throw new BadSetting(
    `there is no command "${name}". ${near ? `Did you mean ${near}?` : `There are ${names.join(', ')}; \`stepwell --help\` says more.`}`,
  );
}
