import { join } from 'node:path';
import { createService, type Service, type ServiceOptions } from '../../../lib/index';
import { call, type Ended, stepwell } from '../command';

/** The service that a test imports into. */
export class Target {
  private service!: Service;

  async start(options?: ServiceOptions): Promise<void> {
    this.service = await createService({
      logLevel: 'error',
      region: 'eu-north-1',
      account: '999988887777',
      ...options,
    });
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get endpoint(): string {
    return this.service.endpoint;
  }

  arn(type: 'stateMachine' | 'activity', name: string): string {
    return `arn:aws:states:eu-north-1:999988887777:${type}:${name}`;
  }

  functionArn(name: string): string {
    return this.service.functionArn(name);
  }

  /** Runs `stepwell import` on a file of this folder. */
  import(file: string, ...words: string[]): Promise<Ended> {
    return stepwell(['import', file, '--endpoint', this.endpoint, ...words], { folder: __dirname, environment: ANY });
  }

  async call(action: string, input: object): Promise<Record<string, unknown>> {
    return (await call(this.endpoint, action, input)).body;
  }

  describe(name: string): Promise<Record<string, unknown>> {
    return this.call('DescribeStateMachine', { stateMachineArn: this.arn('stateMachine', name) });
  }

  async definition(name: string): Promise<Definition> {
    return JSON.parse(String((await this.describe(name)).definition));
  }

  async tags(type: 'stateMachine' | 'activity', name: string): Promise<Record<string, string>> {
    const { tags } = await this.call('ListTagsForResource', { resourceArn: this.arn(type, name) });
    return Object.fromEntries((tags as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
  }

  async names(): Promise<string[]> {
    const { stateMachines } = await this.call('ListStateMachines', {});
    const { activities } = await this.call('ListActivities', {});
    return [...(stateMachines as { name: string }[]), ...(activities as { name: string }[])]
      .map(({ name }) => name)
      .sort();
  }
}

export interface Definition {
  Comment?: string;
  States: Record<string, { Resource?: string; Result?: unknown } & Record<string, unknown>>;
}

/** Keys of whoever runs the tests stay out of it. */
const ANY = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };

export const fixture = (name: string): string => join(__dirname, name);

/** A service of a test file. */
export function useTarget(): Target {
  const target = new Target();
  beforeEach(() => target.start());
  afterEach(() => target.stop());
  return target;
}
