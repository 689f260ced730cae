import type { ImportSettings } from '../found';
import { FUNCTIONS, testCondition } from './functions';
import { attributeOf, referenceTo } from './resources';
import { isMembers, type Template } from './template';
import { NO_VALUE, parameter, shown, Unresolved } from './unresolved';

const URL_SUFFIXES: Record<string, string> = { 'aws-cn': 'amazonaws.com.cn' };

export interface ScopeSettings extends ImportSettings {
  /** Of a stack that is known; templates alone have none. */
  stackName: string | undefined;
  /** What the stack around gives a nested one. */
  given: Record<string, unknown>;
  /** Resolves expressions of the stack around. */
  around: Scope | undefined;
  /** The outputs of all stacks that have an export of that name. */
  exports: ReadonlyMap<string, { scope: Scope; value: unknown }>;
}

/** One template with all that is known of it: what its expressions stand for, on the service that it is brought to. */
export class Scope {
  /** Nested stacks, by logical id. */
  readonly nested = new Map<string, Scope>();
  private found: Unresolved[] = [];
  /** What is being looked up: a name that leads back to itself leads nowhere. */
  private readonly active = new Set<string>();

  constructor(
    readonly template: Template,
    readonly settings: ScopeSettings,
  ) {}

  /** The value of an expression, and all that is missing for it. */
  attempt(value: unknown): { value: unknown; unresolved: Unresolved[] } {
    let resolved: unknown;
    const { unresolved } = this.collecting(() => {
      resolved = this.resolve(value);
    });
    return { value: resolved === NO_VALUE ? undefined : resolved, unresolved };
  }

  /** All that is missing for what is resolved meanwhile. */
  collecting(work: () => void): { unresolved: Unresolved[] } {
    const before = this.found;
    const unresolved: Unresolved[] = [];
    this.found = unresolved;
    try {
      work();
      return { unresolved };
    } finally {
      this.found = before;
    }
  }

  /** What is missing is noted, and an empty text stands for it. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item)).filter((item) => item !== NO_VALUE);
    if (!isMembers(value)) return typeof value === 'string' ? this.dynamic(value) : value;
    const names = Object.keys(value);
    const [name] = names;
    if (names.length === 1 && (name === 'Ref' || name!.startsWith('Fn::'))) return this.apply(name!, value[name!]);
    const members = names.map((each) => [each, this.resolve(value[each])] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
  }

  /** As text: what stands inside of other texts. */
  text(value: unknown): string {
    const resolved = this.resolve(value);
    return isMembers(resolved) || Array.isArray(resolved) ? JSON.stringify(resolved) : String(resolved);
  }

  holds(condition: string): boolean {
    return this.guarded(() => {
      const found = this.template.conditions[condition];
      if (found === undefined) throw new Unresolved(`the condition ${condition}`, 'the template has none of that name');
      return this.once(`the condition ${condition}`, () => testCondition(this, found));
    }, false);
  }

  /** What a name stands for: a parameter, a pseudo parameter, a resource. Throws Unresolved. */
  reference(name: string): unknown {
    return this.once(`Ref ${name}`, () => this.lookUp(name));
  }

  private lookUp(name: string): unknown {
    const { parameters, given, around } = this.settings;
    const said = parameters.get(name);
    const declared = this.template.parameters[name];
    if (said !== undefined) return declared ? listed(declared.Type, said) : said;
    if (name.startsWith('AWS::')) return this.pseudo(name);
    if (declared) {
      if (Object.hasOwn(given, name))
        return listed(declared.Type, around ? around.resolveFor(this, given[name]) : given[name]);
      if (declared.Default === undefined) throw new Unresolved(`the parameter ${name}`, parameter(name));
      if (/^AWS::SSM::/.test(String(declared.Type))) {
        throw new Unresolved(`the parameter ${name}, kept in SSM as ${shown(declared.Default)},`, parameter(name));
      }
      return listed(declared.Type, declared.Default);
    }
    const found = referenceTo(this, name);
    if (found === undefined) throw new Unresolved(`Ref ${name}`, parameter(name));
    return found;
  }

  /** Throws Unresolved. */
  attribute(name: string, attribute: string): unknown {
    const full = `${name}.${attribute}`;
    const said = this.settings.parameters.get(full);
    if (said !== undefined) return said;
    const output = /^Outputs\.(.+)$/.exec(attribute)?.[1];
    const inner = this.nested.get(name);
    const value = output === undefined ? undefined : inner?.template.outputs[output]?.Value;
    const found = this.once(`GetAtt ${full}`, () =>
      inner && value !== undefined ? inner.resolveFor(this, value) : attributeOf(this, name, attribute),
    );
    if (found === undefined) throw new Unresolved(`GetAtt ${full}`, parameter(full));
    return found;
  }

  /** What another stack exports. Throws Unresolved. */
  exported(name: string): unknown {
    const { parameters, exports } = this.settings;
    const said = parameters.get(name);
    if (said !== undefined) return said;
    const found = exports.get(name);
    if (!found) throw new Unresolved(`the export ${name} of another stack`, parameter(name));
    return found.scope.resolveFor(this, found.value);
  }

  /** What is missing here is missing there. */
  resolveFor(asker: Scope, value: unknown): unknown {
    const { value: resolved, unresolved } = this.attempt(value);
    asker.found.push(...unresolved);
    return resolved;
  }

  private apply(name: string, argument: unknown): unknown {
    return this.guarded(() => {
      if (name === 'Ref') return this.reference(String(argument));
      const work = FUNCTIONS[name];
      if (!work) throw new Unresolved(`${name} ${shown(argument)}`, 'the import does not know this function');
      return work(this, argument);
    }, '');
  }

  /** An error of what is around another is only its echo. */
  private guarded<Value>(work: () => Value, otherwise: Value): Value {
    const before = this.found.length;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      if (this.found.length === before) this.found.push(error);
      return otherwise;
    }
  }

  private once<Value>(name: string, work: () => Value): Value {
    if (this.active.has(name)) throw new Unresolved(name, 'it refers to itself');
    this.active.add(name);
    try {
      return work();
    } finally {
      this.active.delete(name);
    }
  }

  private pseudo(name: string): unknown {
    const { identity, stackName } = this.settings;
    const known: Record<string, unknown> = {
      'AWS::Region': identity.region,
      'AWS::AccountId': identity.account,
      'AWS::Partition': identity.partition,
      'AWS::URLSuffix': URL_SUFFIXES[identity.partition] ?? 'amazonaws.com',
      'AWS::NoValue': NO_VALUE,
      'AWS::StackName': stackName,
    };
    if (known[name] === undefined) throw new Unresolved(name, parameter(name));
    return known[name];
  }

  /** What CloudFormation reads elsewhere while it deploys. */
  private dynamic(text: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replace(/\{\{(resolve:[^{}]+)\}\}/g, (whole, name: string) => {
      const said = this.settings.parameters.get(name);
      if (said === undefined) this.found.push(new Unresolved(whole, parameter(name)));
      return said ?? '';
    });
  }
}

/** Lists are written with commas. */
function listed(type: unknown, value: unknown): unknown {
  const isList = /^(CommaDelimitedList|List<.*>)$/.test(String(type));
  if (isList)
    return Array.isArray(value)
      ? value
      : String(value)
          .split(',')
          .map((item) => item.trim());
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
