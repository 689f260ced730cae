import { readFileSync } from 'node:fs';
import { ResolutionTypeHint, Tokenization } from 'aws-cdk-lib';
import { parseDocument } from 'yaml';
import { substitute } from '../client/substitutions';
import { BadOption } from './options';

/**
 * A definition in a file, with its substitutions: JSON as it is written, YAML as the JSON that it means, since the API
 * takes JSON. Values that are known when the stack is deployed are tokens in what comes out, too.
 * Throws BadOption, BadSubstitution.
 */
export function readDefinitionFile(file: string, substitutions: Record<string, string>): string {
  const { text } = substitute(readFileSync(file, 'utf8'), substitutions);
  const tokens = [...new Set(Tokenization.reverseString(text).tokens.map(String))];
  const isLikeJson = /^\s*\{/.test(text);
  // Whether it is JSON then is up to what stands in their places.
  if (isLikeJson && tokens.length > 0) return text;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    try {
      return jsonOfYaml(text, tokens);
    } catch (yamlError) {
      const { message } = (isLikeJson ? error : yamlError) as Error;
      throw new BadOption(`${file} is neither JSON nor YAML: ${message.split('\n')[0]}`);
    }
  }
}

/** Tokens have braces, which YAML would read: other words stand for them meanwhile. */
function jsonOfYaml(text: string, tokens: readonly string[]): string {
  let yaml = text;
  const standIns = tokens.map((token, index) => {
    const standIn = standInFor(token, index, text);
    yaml = yaml.replaceAll(token, standIn);
    return [standIn, token] as const;
  });
  const document = parseDocument(yaml, { merge: true, logLevel: 'silent' });
  if (document.errors[0]) throw document.errors[0];
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null) throw new Error('it has no members');
  return standIns.reduce((json, [standIn, token]) => json.replaceAll(standIn, token), JSON.stringify(value, null, 2));
}

const FIRST_NUMBER = 4_000_000_001;

/** Without quotes, YAML makes a number of a number, and a text of anything else. */
function standInFor(token: string, index: number, text: string): string {
  const isNumber = Tokenization.reverseString(token).firstToken?.typeHint === ResolutionTypeHint.NUMBER;
  for (let number = FIRST_NUMBER + 1_000 * index; ; number++) {
    const standIn = isNumber ? String(number) : `token-${number}`;
    if (!text.includes(String(number))) return standIn;
  }
}
