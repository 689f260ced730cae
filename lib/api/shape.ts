import { ApiError } from './errors';

/** The members that an action takes, as data; the protocol checks a request's body against them. */
export type Shape = Record<string, Member>;

export type Member = (
  | { type: 'string'; min?: number; max?: number; bytesMax?: number; oneOf?: readonly string[]; pattern?: Pattern }
  | { type: 'integer'; least?: number; most?: number }
  | { type: 'boolean' }
  /** `itemName`: what AWS calls the class of its items, where messages show them. */
  | { type: 'list'; of: Member; min?: number; max?: number; itemName?: string }
  | { type: 'structure'; members: Shape }
) & {
  isRequired?: boolean;
  /** Its value is left out of messages. */
  isSensitive?: boolean;
};

type ValueOf<M extends Member> = M extends { type: 'string' }
  ? string
  : M extends { type: 'integer' }
    ? number
    : M extends { type: 'boolean' }
      ? boolean
      : M extends { type: 'list'; of: infer I extends Member }
        ? ValueOf<I>[]
        : M extends { type: 'structure'; members: infer S extends Shape }
          ? InputOf<S>
          : never;

/** The input of an action, once it was checked. */
export type InputOf<S extends Shape> = {
  [K in keyof S as S[K] extends { isRequired: true } ? K : never]: ValueOf<S[K]>;
} & {
  [K in keyof S as S[K] extends { isRequired: true } ? never : K]?: ValueOf<S[K]>;
};

/** A regular expression as AWS's model writes it, which a whole value is to match. */
export class Pattern {
  private readonly whole: RegExp;

  constructor(readonly text: string) {
    this.whole = new RegExp(`^(?:${text})$`, 'u');
  }

  matches(value: string): boolean {
    return this.whole.test(value);
  }
}

/** Checks the body of a request. Throws ApiError. */
export type InputCheck = (body: Record<string, unknown>) => Record<string, unknown>;

/**
 * The check of types, then constraints (api.md sections 1 and 1.1): SerializationException for a wrong JSON type,
 * ValidationException with every violation. Null counts as absent; unknown members are ignored.
 */
export function compileShape(shape: Shape): InputCheck {
  const structure = compileStructure(shape);
  return (body) => {
    const input = readStructure(structure, body);
    const violations: string[] = [];
    checkStructure(structure, input, '', violations);
    if (violations.length > 0) {
      const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
      throw new ApiError('ValidationException', `${count} detected: ${violations.join('; ')}`);
    }
    return input;
  };
}

// ---- types

const CONVERTED = { string: 'String', integer: 'Integer', boolean: 'Boolean' };

/** A shape's members as a list: it is gone through for every request. */
type Structure = readonly (readonly [name: string, member: Member])[];

const structures = new WeakMap<Shape, Structure>();

function compileStructure(shape: Shape): Structure {
  let structure = structures.get(shape);
  if (!structure) {
    structure = Object.entries(shape);
    structures.set(shape, structure);
  }
  return structure;
}

function readStructure(structure: Structure, body: Record<string, unknown>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member] of structure) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value !== undefined && value !== null) input[name] = readValue(member, value);
  }
  return input;
}

function readValue(member: Member, value: unknown): unknown {
  switch (member.type) {
    case 'string':
      return typeof value === 'string' ? value : refuse(value, member.type);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? value : refuse(value, member.type);
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, member.type);
    case 'list':
      if (!Array.isArray(value)) return refuse(value, member.type);
      return value.map((item) => (item === null ? undefined : readValue(member.of, item)));
    case 'structure':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(value, member.type);
      return readStructure(compileStructure(member.members), value as Record<string, unknown>);
  }
}

function refuse(value: unknown, wanted: Member['type']): never {
  let text: string;
  if (Array.isArray(value)) text = 'Start of list found where not expected';
  else if (typeof value === 'object') text = 'Start of structure or map found where not expected.';
  else if (wanted === 'list' || wanted === 'structure') text = 'Unexpected field type';
  else text = `${kindOf(value)} cannot be converted to ${CONVERTED[wanted]}`;
  throw new ApiError('SerializationException', text);
}

function kindOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'string') return 'STRING_VALUE';
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
}

// ---- constraints

function checkStructure(
  structure: Structure,
  input: Record<string, unknown>,
  path: string,
  violations: string[],
): void {
  for (const [name, member] of structure) checkValue(member, input[name], path + name, violations);
}

function checkValue(member: Member, value: unknown, path: string, violations: string[]): void {
  const report = (constraint: string) => {
    const shown = member.isSensitive
      ? 'Value'
      : `Value ${value === undefined ? 'null' : `'${shownAs(member, value)}'`}`;
    violations.push(`${shown} at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  };
  if (value === undefined) {
    if (member.isRequired) report('not be null');
    return;
  }
  switch (member.type) {
    case 'string':
      return checkText(member, value as string, report);
    case 'integer':
      if (member.least !== undefined && (value as number) < member.least) {
        report(`have value greater than or equal to ${member.least}`);
      }
      if (member.most !== undefined && (value as number) > member.most) {
        report(`have value less than or equal to ${member.most}`);
      }
      return;
    case 'boolean':
      return;
    case 'list':
      checkLength(member, (value as unknown[]).length, report);
      (value as unknown[]).forEach((item, index) => {
        checkValue({ ...member.of, isRequired: true }, item, `${path}.${index + 1}.member`, violations);
      });
      return;
    case 'structure':
      return checkStructure(compileStructure(member.members), value as Record<string, unknown>, `${path}.`, violations);
  }
}

function checkText(member: Member & { type: 'string' }, value: string, report: (constraint: string) => void): void {
  const { bytesMax, oneOf, pattern } = member;
  checkLength(member, value.length, report);
  if (bytesMax !== undefined && Buffer.byteLength(value) > bytesMax) {
    report(`have size less than or equal to ${bytesMax} bytes in UTF-8 encoding`);
  }
  if (oneOf && !oneOf.includes(value)) report(`satisfy enum value set: [${oneOf.join(', ')}]`);
  if (pattern && !pattern.matches(value)) report(`satisfy regular expression pattern: ${pattern.text}`);
}

function checkLength(
  { min, max }: { min?: number; max?: number },
  length: number,
  report: (constraint: string) => void,
): void {
  if (min !== undefined && length < min) report(`have length greater than or equal to ${min}`);
  if (max !== undefined && length > max) report(`have length less than or equal to ${max}`);
}

/** A value in a message: lists as AWS's Java writes them (observed on AWS). */
function shownAs(member: Member, value: unknown): string {
  if (member.type !== 'list') return String(value);
  const items = (value as unknown[]).map((item) => {
    if (member.of.type !== 'structure') return String(item);
    const members = Object.keys(member.of.members).map((name) => {
      const found = (item as Record<string, unknown> | undefined)?.[name];
      return `${name}=${found === undefined ? 'null' : found}`;
    });
    return `${member.itemName ?? ''}(${members.join(', ')})`;
  });
  return `[${items.join(', ')}]`;
}
