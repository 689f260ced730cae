import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Command } from './command';
import { nearest } from './nearest';
import type { FlagValues, Option } from './options';
import { BadSetting } from './refusal';

export interface Words {
  /** What was asked for instead of the command. */
  wantsHelp: boolean;
  flags: FlagValues;
  operands: string[];
}

/** Reads the words that follow the name of a command. Throws BadSetting. */
export function readWords(command: Command, words: readonly string[]): Words {
  const { name, options } = command;
  const config: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const { flag, value, isRepeatable } of options) {
    config[flag] = { type: value === undefined ? 'boolean' : 'string', ...(isRepeatable && { multiple: true }) };
  }
  // Not strict: what is wrong is found here, since Node's messages do not say what is near.
  const parsed = parseArgs({ args: [...words], options: config, strict: false, allowPositionals: true, tokens: true });
  for (const token of parsed.tokens) {
    if (token.kind !== 'option' || token.name === 'help') continue;
    const option = options.find(({ flag }) => flag === token.name);
    if (!option) throw unknownFlag(name, token.rawName, options);
    checkValue(option, token.value, token.inlineValue === true);
  }
  const wantsHelp = parsed.values.help === true;
  if (!wantsHelp) checkOperands(command, parsed.positionals);
  return { wantsHelp, flags: parsed.values as FlagValues, operands: parsed.positionals };
}

function unknownFlag(command: string, rawName: string, options: readonly Option[]): BadSetting {
  const near = nearest(
    rawName,
    options.map(({ flag }) => `--${flag}`),
  );
  const hint = near ? `Did you mean ${near}?` : `\`stepwell ${command} --help\` lists its flags.`;
  return new BadSetting(`${command} has no flag ${rawName}. ${hint}`);
}

function checkValue({ flag, value: wanted }: Option, given: string | undefined, isInline: boolean): void {
  if (wanted === undefined) {
    if (given !== undefined) throw new BadSetting(`--${flag} is a switch and takes no value.`);
    return;
  }
  if (given === undefined || given === '') throw new BadSetting(`--${flag} needs a value: --${flag} ${wanted}.`);
  if (!isInline && /^-./.test(given)) {
    throw new BadSetting(`--${flag} needs a value: --${flag} ${wanted}. If ${given} is it, write --${flag}=${given}.`);
  }
}

function checkOperands({ name, operands }: Command, given: readonly string[]): void {
  const help = `\`stepwell ${name} --help\` says more.`;
  const [first] = given;
  if (!operands) {
    if (first !== undefined) throw new BadSetting(`${name} takes flags only, and "${first}" is none. ${help}`);
  } else if (given.length < operands.least) {
    throw new BadSetting(`${name} needs a ${operands.name}. ${help}`);
  } else if (given.length > operands.most) {
    throw new BadSetting(`${name} takes one ${operands.name}, and "${given[operands.most]}" is another. ${help}`);
  }
}
