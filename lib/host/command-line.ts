import { type ParseArgsConfig, parseArgs } from 'node:util';
import { start } from './commands/start';
import { BadSetting, type Option, type OptionValues, resolveOptions, START_OPTIONS } from './options';

/** The command `stepwell`: reads the words, does what they say, and sets the exit status. */
export async function runCommandLine(words: string[]): Promise<void> {
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  const [command, ...rest] = words;
  try {
    if (command === 'start') {
      const { values } = parse(START_OPTIONS, rest);
      await start(resolveOptions(START_OPTIONS, values, process.env), print);
    } else throw new BadSetting(`no command "${command ?? ''}"`);
  } catch (error) {
    if (!(error instanceof BadSetting)) throw error;
    process.stderr.write(`stepwell: ${error.message}\n`);
    process.exitCode = 1;
  }
}

function parse(options: readonly Option[], words: string[]): { values: OptionValues; positionals: string[] } {
  const config: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const { flag, value, isRepeatable } of options) {
    config[flag] = { type: value === undefined ? 'boolean' : 'string', ...(isRepeatable && { multiple: true }) };
  }
  const { values, positionals } = parseArgs({ args: words, options: config, allowPositionals: true });
  return { values: values as OptionValues, positionals };
}
