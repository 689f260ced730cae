import { dirname, resolve } from 'node:path';
import { BadSetting } from '../../refusal';
import { isMembers } from '../cloudformation/template';
import { MISSING, parameter } from '../cloudformation/unresolved';
import type { Documents, SourceDocument } from '../documents';
import type { ImportSettings } from '../found';
import { type Alternative, type Part, partsOf, shownVariable, type Variable } from './expression';

/** Stands for what nobody knows here: whoever needs it is refused, with this line. */
const missing = (expression: string, hint: string) => ({ [MISSING]: [expression, hint] });

const DEPTH_MAX = 100;

/** The variables of a service, as far as they stand still: what is read from AWS while deploying does not. */
export class Variables {
  private depth = 0;

  constructor(
    private readonly document: SourceDocument,
    private readonly documents: Documents,
    private readonly settings: ImportSettings,
  ) {}

  /** A value with all its variables put in. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (isMembers(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.resolve(member)]));
    }
    return typeof value === 'string' ? this.text(value) : value;
  }

  /** A member of the service file, by its path. */
  self(address: string): unknown {
    return this.resolve(this.walk(this.document.value, address));
  }

  get stage(): string {
    const { parameters } = this.settings;
    return String(parameters.get('opt:stage') ?? parameters.get('stage') ?? this.self('provider.stage') ?? 'dev');
  }

  private text(text: string): unknown {
    const parts = partsOf(text);
    if (parts.length === 1 && typeof parts[0] === 'object') return this.valueOf(parts[0]);
    if (parts.every((part) => typeof part === 'string')) return text;
    const values = parts.map((part) => (typeof part === 'string' ? part : this.valueOf(part)));
    // Functions of CloudFormation come out later.
    if (values.some((value) => isMembers(value))) return { 'Fn::Join': ['', values.map((value) => value ?? '')] };
    return values.map((value) => (Array.isArray(value) ? value.join(',') : String(value ?? ''))).join('');
  }

  private valueOf(variable: Variable): unknown {
    if (++this.depth > DEPTH_MAX) {
      this.depth = 0;
      throw new BadSetting(`${this.document.file}: ${shownVariable(variable)} refers to itself.`);
    }
    try {
      const found = this.lookUp(variable);
      const isNothing = found === undefined || found === null || isMissing(found);
      if (!isNothing || variable.fallbacks.length === 0) return found ?? this.unknown(variable);
      for (const fallback of variable.fallbacks) {
        const value = this.alternative(fallback);
        if (value !== undefined && !isMissing(value)) return value;
      }
      return isMissing(found) ? found : this.unknown(variable);
    } finally {
      this.depth--;
    }
  }

  private alternative(fallback: Alternative): unknown {
    return 'literal' in fallback ? fallback.literal : this.valueOf(fallback.variable);
  }

  private lookUp(variable: Variable): unknown {
    const { source, parameter: given } = variable;
    const address = this.written(variable.address);
    const { parameters, identity } = this.settings;
    const said = parameters.get(`${source}:${address}`);
    if (said !== undefined) return said;
    if (source === 'self') return this.self(address);
    if (source === 'opt') return parameters.get(address) ?? (address === 'region' ? identity.region : undefined);
    if (source === 'param') return parameters.get(address) ?? this.stageParameter(address);
    if (source === 'env') return process.env[address];
    if (source === 'sls') return address === 'stage' ? this.stage : undefined;
    if (source === 'aws') return { accountId: identity.account, region: identity.region }[address];
    if (source === 'strToBool') return /^(true|1)$/i.test(this.written(given ?? []));
    if (source === 'file') return this.file(variable, this.written(given ?? []), address);
    return undefined;
  }

  private unknown(variable: Variable): unknown {
    const { source } = variable;
    const address = this.written(variable.address);
    if (source === 'env') return missing(shownVariable(variable), `set ${address} in the environment`);
    if (source === 'self') return missing(shownVariable(variable), `${this.document.file} has no ${address}`);
    return missing(shownVariable(variable), parameter(`${source}:${address}`));
  }

  private stageParameter(name: string): unknown {
    const [own, all] = [this.stage, 'default'].map((stage) =>
      this.walk(this.document.value, `params.${stage}.${name}`),
    );
    return this.resolve(own ?? all);
  }

  private file(variable: Variable, name: string, address: string): unknown {
    const file = resolve(dirname(this.document.file), name.replace(/^~(?=\/)/, process.env.HOME ?? '~'));
    if (/\.[cm]?[jt]s$/.test(file))
      return missing(shownVariable(variable), `it is code; ${parameter(`file:${address}`)}`);
    try {
      const value = /\.(ya?ml|json)$/.test(file)
        ? this.documents.document(file).value
        : this.documents.text(file).trim();
      return this.resolve(address === '' ? value : this.walk(value, address));
    } catch (error) {
      if (!(error instanceof BadSetting)) throw error;
      return missing(shownVariable(variable), error.message);
    }
  }

  /** Follows a path; a variable on it is put in first. */
  private walk(from: unknown, address: string): unknown {
    let value = from;
    for (const step of address === '' ? [] : address.split('.')) {
      if (typeof value === 'string') value = this.text(value);
      if (isMembers(value) && isMissing(value)) return value;
      value = isMembers(value) || Array.isArray(value) ? (value as Record<string, unknown>)[step] : undefined;
    }
    return value;
  }

  private written(parts: Part[]): string {
    return parts.map((part) => (typeof part === 'string' ? part : String(this.valueOf(part) ?? ''))).join('');
  }
}

const isMissing = (value: unknown): boolean => isMembers(value) && MISSING in value;
