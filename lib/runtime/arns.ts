import { machineNameOf } from './child-names';

interface StartedByVersion {
  machineName: string;
  version?: number | undefined;
  alias?: string | undefined;
}

export interface VersionArns {
  stateMachineAliasArn?: string;
  stateMachineVersionArn?: string;
}

/** Resource names of this deployment: one partition, region and account (api.md section 3). */
export class Arns {
  private readonly prefix: string;
  private readonly partition: string;

  constructor(
    readonly region: string,
    readonly account: string,
  ) {
    this.partition = partitionOf(region);
    this.prefix = `arn:${this.partition}:states:${region}:${account}:`;
  }

  machine(name: string): string {
    return `${this.prefix}stateMachine:${name}`;
  }

  /** Of a version, by its number, or of an alias, by its name. */
  qualified(machineName: string, qualifier: number | string): string {
    return `${this.machine(machineName)}:${qualifier}`;
  }

  /** Of the version, and the alias, that an execution was started by, if it was. */
  versionOf({ machineName, version, alias }: StartedByVersion): VersionArns {
    return {
      ...(alias !== undefined && { stateMachineAliasArn: this.qualified(machineName, alias) }),
      ...(version !== undefined && { stateMachineVersionArn: this.qualified(machineName, version) }),
    };
  }

  /** `name`: the label of its state, and its id. */
  mapRun(machineName: string, name: string): string {
    return `${this.prefix}mapRun:${machineNameOf(machineName)}/${name}`;
  }

  activity(name: string): string {
    return `${this.prefix}activity:${name}`;
  }

  execution(machineName: string, name: string): string {
    return `${this.prefix}execution:${machineName}:${name}`;
  }

  /** Of an execution of an EXPRESS machine. `id`: names may come again. */
  express(machineName: string, name: string, id: string): string {
    return `${this.prefix}express:${machineName}:${name}:${id}`;
  }

  /** Of a Lambda function in the same region and, unless another is given, account. */
  lambdaFunction(name: string, account = this.account): string {
    return `arn:${this.partition}:lambda:${this.region}:${account}:function:${name}`;
  }

  /** The name in an activity ARN of this deployment; undefined for any other ARN. */
  activityName(arn: string): string | undefined {
    const start = this.activity('');
    return arn.startsWith(start) ? arn.slice(start.length) : undefined;
  }

  /** Whether an ARN of another region or account: nothing by it exists here. */
  isForeign(arn: string): boolean {
    return !arn.startsWith(this.prefix);
  }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
