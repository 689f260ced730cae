import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as Yaml from 'yaml';
import { offsetsIn } from '../../asl/definition/locate';
import { withoutSource } from '../../asl/jackson';
import { JsonSyntaxError, parseJson, positionAt } from '../../asl/json';
import { substitute } from '../../client/substitutions';
import { reasonOf } from '../definition-file';
import { BadSetting } from '../refusal';
import { shortTag } from './short-tags';

export type Path = readonly (string | number)[];

export interface Position {
  line: number;
  column: number;
}

/** A file as its author wrote it. */
export interface SourceDocument {
  file: string;
  text: string;
  isJson: boolean;
  /** CloudFormation's short tags stand as the functions that they are: `!Ref x` is `{ Ref: 'x' }`. */
  value: unknown;
  /** Where a member stands, or what is nearest around it. */
  placeOf(path: Path): Position;
}

/** A text that is to be read, and where its author finds a place of it. */
interface Written {
  file: string;
  text: string;
  placeAt(offset: number): Position;
}

/** The files of an import: JSON and YAML, read once each. */
export class Documents {
  private readonly texts = new Map<string, string>();
  private readonly looked = new Set<string>();
  private readonly parsed = new Map<string, SourceDocument>();

  private constructor(
    private readonly yaml: typeof Yaml,
    private readonly standardInput: string | undefined,
  ) {}

  /** Loads what reads YAML: no other command needs it. */
  static async open(standardInput?: string): Promise<Documents> {
    return new Documents(await import('yaml'), standardInput);
  }

  /** What was read, and what was looked for: a change of any of them changes the import. */
  get files(): string[] {
    return [...this.looked];
  }

  /** Throws BadSetting. */
  text(given: string): string {
    if (given === '-') return this.standardInput ?? '';
    const file = resolve(given);
    const known = this.texts.get(file);
    if (known !== undefined) return known;
    this.looked.add(file);
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      throw new BadSetting(`${given} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}.`);
    }
    const text = decode(bytes);
    if (text === undefined) throw new BadSetting(`${given} cannot be read: it is not UTF-8 text.`);
    this.texts.set(file, text);
    return text;
  }

  /** Throws BadSetting. */
  document(file: string): SourceDocument {
    const known = this.parsed.get(file);
    if (known) return known;
    const text = this.text(file);
    const written = { file, text, placeAt: (offset: number) => positionAt(text, offset) };
    const document = isLikeJson(text) ? this.json(written) : this.yamlDocument(written);
    this.parsed.set(file, document);
    return document;
  }

  /**
   * A definition, with substitutions put into its text before that is read as JSON, or else as YAML: so does
   * CloudFormation, whatever the file is called. Several machines may have one file. Throws BadSetting, BadSubstitution.
   */
  definition(file: string, substitutions: Record<string, unknown>): SourceDocument {
    const before = this.text(file);
    const { text, originOf } = substitute(before, substitutions);
    const written = { file, text, placeAt: (offset: number) => positionAt(before, originOf(offset)) };
    if (!isLikeJson(text)) return this.yamlDocument(written);
    try {
      return this.json(written);
    } catch (error) {
      try {
        return this.yamlDocument(written);
      } catch {
        throw error;
      }
    }
  }

  /** Flow style looks like JSON, and is YAML. */
  private json(written: Written): SourceDocument {
    const { file, text, placeAt } = written;
    try {
      const value = JSON.parse(text) as unknown;
      const offsetOf = offsetsWhenAsked(text);
      return { file, text, isJson: true, value, placeOf: (path) => placeAt(offsetOf(path)) };
    } catch (error) {
      if (/\.json$/.test(file)) throw notJson(written, error as Error);
      return this.yamlDocument(written);
    }
  }

  private yamlDocument({ file, text, placeAt }: Written): SourceDocument {
    // Its own places would be those of the text with its substitutions.
    const document = this.yaml.parseDocument(text, { logLevel: 'silent', prettyErrors: false });
    const [problem] = document.errors;
    if (problem) {
      const { line, column } = placeAt(problem.pos[0]);
      throw new BadSetting(`${file}:${line}:${column}: it is not YAML: ${problem.message.split('\n')[0]}`);
    }
    const { contents } = document;
    return {
      file,
      text,
      isJson: false,
      value: this.valueOf(contents, document),
      placeOf: (path) => placeAt(this.offsetOf(contents, document, path)),
    };
  }

  private valueOf(node: unknown, document: Yaml.Document): unknown {
    const { isAlias, isMap, isSeq, isScalar } = this.yaml;
    if (isAlias(node)) return this.valueOf(node.resolve(document), document);
    if (isMap(node)) return shortTag(node.tag, this.membersOf(node, document));
    if (isSeq(node)) {
      const items = node.items.map((item) => this.valueOf(item, document));
      return shortTag(node.tag, items);
    }
    return isScalar(node) ? shortTag(node.tag, node.value) : null;
  }

  private membersOf(map: Yaml.YAMLMap, document: Yaml.Document): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (const { key, value } of map.items) {
      const name = String(this.yaml.isScalar(key) ? key.value : key);
      const member = this.valueOf(value, document);
      if (name !== '<<') define(members, name, member);
      else
        for (const merged of [member].flat().reverse()) Object.assign(members, { ...(merged as object), ...members });
    }
    return members;
  }

  private offsetOf(root: unknown, document: Yaml.Document, path: Path): number {
    const { isAlias, isMap, isSeq, isScalar } = this.yaml;
    let offset = (root as Yaml.Node | null)?.range?.[0] ?? 0;
    let node = root;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (!pair) break;
        offset = (pair.key as Yaml.Scalar).range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Yaml.Node | undefined;
        if (!item) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return offset;
  }
}

/** `__proto__` is a name like any other. */
function define(members: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** As `offsetsIn`: nobody asks of what has no problem. */
export function offsetsWhenAsked(text: string): (path: Path) => number {
  let offsetOf: ((path: Path) => number) | undefined;
  return (path) => {
    offsetOf ??= offsetsIn(text);
    return offsetOf(path);
  };
}

const isLikeJson = (text: string): boolean => /^\s*[[{]/.test(text);

/** Node's own message names no line. */
function notJson({ file, text, placeAt }: Written, error: Error): BadSetting {
  try {
    parseJson(text);
  } catch (found) {
    if (!(found instanceof JsonSyntaxError)) throw found;
    const { line, column } = placeAt(found.offset);
    return new BadSetting(`${file}:${line}:${column}: it is not JSON: ${withoutSource(found.message)}`);
  }
  return new BadSetting(`${file}: it is not JSON: ${error.message}`);
}
