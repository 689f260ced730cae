/** What a resource became: what `Ref` answers, and `Fn::GetAtt`. */
export interface Physical {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

/** Answers what a logical name became; makes it if it is not there yet. */
export type Find = (logicalId: string) => Promise<Physical>;

/** Values of a template with what stands in it for other values put in place. Rejects for what it does not know. */
export class TemplateValues {
  constructor(
    private readonly find: Find,
    private readonly pseudo: Readonly<Record<string, string>>,
  ) {}

  async resolve(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.resolve(item)));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'))) return this.call(name, argument);
    const resolved = await Promise.all(
      entries.map(async ([key, member]) => [key, await this.resolve(member)] as const),
    );
    return Object.fromEntries(resolved.filter(([, member]) => member !== undefined));
  }

  private async call(name: string, argument: unknown): Promise<unknown> {
    switch (name) {
      case 'Ref':
        return this.ref(argument as string);
      case 'Fn::GetAtt':
        return this.attribute(...(argument as [string, string]));
      case 'Fn::Join': {
        const [separator, list] = argument as [string, unknown];
        return ((await this.resolve(list)) as string[]).join(separator);
      }
      case 'Fn::Sub':
        return this.substitute(argument);
      case 'Fn::Select': {
        const [index, list] = argument as [number, unknown];
        return ((await this.resolve(list)) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(await this.resolve(text)).split(separator);
      }
      default:
        throw new Error(`the harness does not know ${name}`);
    }
  }

  private async ref(name: string): Promise<unknown> {
    if (name === 'AWS::NoValue') return undefined;
    return this.pseudo[name] ?? (await this.find(name)).ref;
  }

  private async attribute(logicalId: string, attribute: string): Promise<string> {
    const value = (await this.find(logicalId)).attributes[attribute];
    if (value === undefined) throw new Error(`the harness does not know ${attribute} of ${logicalId}`);
    return value;
  }

  private async substitute(argument: unknown): Promise<string> {
    const [text, given] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    const parts = text.split(/\$\{([^!][^}]*)\}/);
    const resolved = parts.map((part, index) => {
      if (index % 2 === 0) return part;
      if (part in given) return this.resolve(given[part]);
      const [logicalId, ...attribute] = part.split('.');
      return attribute.length === 0 ? this.ref(part) : this.attribute(logicalId!, attribute.join('.'));
    });
    return (await Promise.all(resolved)).join('').replaceAll('$' + '{!', '$' + '{');
  }
}
