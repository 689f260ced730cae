import { isDeepStrictEqual } from 'node:util';
import * as sfn from '@aws-sdk/client-sfn';
import { eventually } from '../contract/eventually';

/**
 * What Terraform's provider for AWS does with its resources aws_sfn_state_machine, aws_sfn_alias and aws_sfn_activity:
 * the calls that it makes, in their order, and when it sees a difference between what is written and what is there.
 */

export type Attributes = Record<string, unknown>;
type Tags = Record<string, string>;

export interface Resource {
  /** Before anything is done: the provider asks whether the definition is fine. Throws what it would tell. */
  validate(config: Attributes): Promise<void>;
  /** Answers the id. */
  create(config: Attributes): Promise<string>;
  /** Undefined when it is not there any more. */
  read(id: string): Promise<Attributes | undefined>;
  update(id: string, config: Attributes, changed: readonly string[]): Promise<void>;
  delete(id: string): Promise<void>;
}

/** One resource in Terraform's state. */
export class Managed {
  private id: string | undefined;

  constructor(
    private readonly client: sfn.SFNClient,
    private readonly resource: Resource,
  ) {}

  get arn(): string {
    return this.id!;
  }

  /** `terraform plan`: the attributes that differ. What the configuration leaves out is the service's to say. */
  async plan(config: Attributes): Promise<string[]> {
    const state = this.id === undefined ? undefined : await this.refresh();
    const wanted: Attributes = { tags: {}, ...config };
    const changed = Object.keys(wanted).filter((name) => !isSame(name, wanted[name], state?.[name]));
    if (changed.includes('definition')) await this.resource.validate(config);
    return state ? changed : ['all'];
  }

  /** `terraform apply`. Answers what it changed. */
  async apply(config: Attributes): Promise<string[]> {
    const changed = await this.plan(config);
    if (this.id === undefined) this.id = await this.resource.create(config);
    else {
      if (changed.includes('tags')) await this.retag((config.tags ?? {}) as Tags);
      const others = changed.filter((name) => name !== 'tags');
      if (others.length > 0) await this.resource.update(this.id, config, others);
    }
    await this.refresh();
    return changed;
  }

  /** `terraform destroy`. */
  async destroy(): Promise<void> {
    await this.resource.delete(this.id!);
    this.id = undefined;
  }

  async refresh(): Promise<Attributes | undefined> {
    const state = await this.resource.read(this.id!);
    return state && { ...state, tags: await this.tags() };
  }

  private async tags(): Promise<Tags> {
    if (/:stateMachine:[^:]+:/.test(this.id!)) return {};
    const { tags } = await this.client.send(new sfn.ListTagsForResourceCommand({ resourceArn: this.id }));
    return Object.fromEntries(tags!.map(({ key, value }) => [key!, value!]));
  }

  private async retag(wanted: Tags): Promise<void> {
    const there = await this.tags();
    const tagKeys = Object.keys(there).filter((key) => wanted[key] !== there[key]);
    const tags = Object.entries(wanted).filter(([key, value]) => there[key] !== value);
    const resourceArn = this.id;
    if (tagKeys.length > 0) await this.client.send(new sfn.UntagResourceCommand({ resourceArn, tagKeys }));
    if (tags.length > 0) {
      const added = tags.map(([key, value]) => ({ key, value }));
      await this.client.send(new sfn.TagResourceCommand({ resourceArn, tags: added }));
    }
  }
}

/** Definitions are compared as JSON; an empty text is none. */
function isSame(name: string, wanted: unknown, there: unknown): boolean {
  if (name === 'publish') return true;
  if (name === 'definition' && there !== undefined) {
    return isDeepStrictEqual(JSON.parse(String(wanted)), JSON.parse(String(there)));
  }
  return isDeepStrictEqual(wanted ?? '', there ?? '');
}

const tagsOf = (config: Attributes) =>
  Object.entries((config.tags ?? {}) as Tags).map(([key, value]) => ({ key, value }));

/** Members of a block that are not written are false, empty or zero in Terraform's state. */
const loggingOf = (block: Attributes | undefined) =>
  block && {
    includeExecutionData: block.include_execution_data as boolean,
    level: block.level as sfn.LogLevel,
    ...(block.log_destination !== undefined && {
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: String(block.log_destination) } }],
    }),
  };

export function stateMachine(client: sfn.SFNClient): Resource {
  const configurations = (config: Attributes, wanted: (name: string) => boolean) => ({
    ...(wanted('encryption_configuration') && {
      encryptionConfiguration: config.encryption_configuration as sfn.EncryptionConfiguration,
    }),
    ...(wanted('logging_configuration') && {
      loggingConfiguration: loggingOf(config.logging_configuration as Attributes),
    }),
    ...(wanted('tracing_configuration') && {
      tracingConfiguration: config.tracing_configuration as sfn.TracingConfiguration,
    }),
  });
  const describe = (stateMachineArn: string) => client.send(new sfn.DescribeStateMachineCommand({ stateMachineArn }));

  const read = async (id: string): Promise<Attributes | undefined> => {
    const found = await describe(id).catch((error: Error) => {
      if (error instanceof sfn.StateMachineDoesNotExist) return undefined;
      throw error;
    });
    if (!found) return undefined;
    const { stateMachineVersions } = await client.send(
      new sfn.ListStateMachineVersionsCommand({ stateMachineArn: id }),
    );
    const { loggingConfiguration: logging, encryptionConfiguration: encryption } = found;
    return {
      name: found.name,
      definition: found.definition,
      role_arn: found.roleArn,
      type: found.type,
      status: found.status,
      revision_id: found.revisionId,
      encryption_configuration: encryption,
      logging_configuration: logging && {
        include_execution_data: logging.includeExecutionData,
        level: logging.level,
        ...(logging.destinations?.length && {
          log_destination: logging.destinations[0]!.cloudWatchLogsLogGroup!.logGroupArn,
        }),
      },
      tracing_configuration: found.tracingConfiguration,
      state_machine_version_arn: stateMachineVersions![0]?.stateMachineVersionArn,
    };
  };

  return {
    async validate({ definition, type = 'STANDARD' }) {
      const { result, diagnostics } = await client.send(
        new sfn.ValidateStateMachineDefinitionCommand({
          definition: String(definition),
          type: type as sfn.StateMachineType,
        }),
      );
      if (result !== 'OK') throw new Error(diagnostics!.map(({ code, message }) => `${code}: ${message}`).join());
    },

    async create(config) {
      const { stateMachineArn } = await client.send(
        new sfn.CreateStateMachineCommand({
          name: String(config.name),
          definition: String(config.definition),
          roleArn: String(config.role_arn),
          publish: config.publish === true,
          tags: tagsOf(config),
          type: (config.type as sfn.StateMachineType) ?? 'STANDARD',
          ...configurations(config, (name) => config[name] !== undefined),
        }),
      );
      return stateMachineArn!;
    },

    read,

    async update(id, config, changed) {
      const publish = config.publish === true;
      await client.send(
        new sfn.UpdateStateMachineCommand({
          stateMachineArn: id,
          definition: String(config.definition),
          roleArn: String(config.role_arn),
          publish,
          ...configurations(config, (name) => changed.includes(name)),
          ...(publish && { versionDescription: '' }),
        }),
      );
      await eventually(
        () => describe(id),
        ({ definition, roleArn }) => isSame('definition', config.definition, definition) && roleArn === config.role_arn,
      );
    },

    async delete(id) {
      await client.send(new sfn.DeleteStateMachineCommand({ stateMachineArn: id }));
      await eventually(
        () => describe(id).catch((error: Error) => error.name),
        (found) => found === 'StateMachineDoesNotExist',
      );
    },
  };
}

export function alias(client: sfn.SFNClient): Resource {
  const routingOf = (config: Attributes) =>
    (config.routing_configuration as Attributes[]).map((route) => ({
      stateMachineVersionArn: String(route.state_machine_version_arn),
      weight: Number(route.weight),
    }));
  return {
    async validate() {},

    async create(config) {
      const { stateMachineAliasArn } = await client.send(
        new sfn.CreateStateMachineAliasCommand({
          name: String(config.name),
          // What is not written is an empty text.
          description: String(config.description ?? ''),
          routingConfiguration: routingOf(config),
        }),
      );
      return stateMachineAliasArn!;
    },

    async read(id) {
      const command = new sfn.DescribeStateMachineAliasCommand({ stateMachineAliasArn: id });
      const found = await client.send(command).catch((error: Error) => {
        if (error instanceof sfn.ResourceNotFound) return undefined;
        throw error;
      });
      return (
        found && {
          name: found.name,
          description: found.description,
          routing_configuration: found.routingConfiguration!.map(({ stateMachineVersionArn, weight }) => ({
            state_machine_version_arn: stateMachineVersionArn,
            weight,
          })),
        }
      );
    },

    async update(id, config, changed) {
      await client.send(
        new sfn.UpdateStateMachineAliasCommand({
          stateMachineAliasArn: id,
          ...(changed.includes('description') && { description: String(config.description ?? '') }),
          ...(changed.includes('routing_configuration') && { routingConfiguration: routingOf(config) }),
        }),
      );
    },

    async delete(id) {
      await client.send(new sfn.DeleteStateMachineAliasCommand({ stateMachineAliasArn: id }));
    },
  };
}

export function activity(client: sfn.SFNClient): Resource {
  return {
    async validate() {},

    async create(config) {
      const { activityArn } = await client.send(
        new sfn.CreateActivityCommand({ name: String(config.name), tags: tagsOf(config) }),
      );
      return activityArn!;
    },

    async read(id) {
      const found = await client.send(new sfn.DescribeActivityCommand({ activityArn: id })).catch((error: Error) => {
        if (error instanceof sfn.ActivityDoesNotExist) return undefined;
        throw error;
      });
      return found && { name: found.name, encryption_configuration: found.encryptionConfiguration };
    },

    async update() {
      throw new Error('only tags of an activity can change');
    },

    async delete(id) {
      await client.send(new sfn.DeleteActivityCommand({ activityArn: id }));
    },
  };
}

/** The data sources: what each finds by the name, or the ARN, that it is given. */
export const dataSources = {
  async stateMachine(client: sfn.SFNClient, name: string): Promise<Attributes> {
    const arns: string[] = [];
    for await (const page of sfn.paginateListStateMachines({ client }, {})) {
      arns.push(...page.stateMachines!.filter((one) => one.name === name).map((one) => one.stateMachineArn!));
    }
    const { $metadata: _, ...found } = await client.send(
      new sfn.DescribeStateMachineCommand({ stateMachineArn: arns[0] }),
    );
    return { matches: arns.length, ...found };
  },

  async versions(client: sfn.SFNClient, stateMachineArn: string): Promise<string[]> {
    const arns: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await client.send(new sfn.ListStateMachineVersionsCommand({ stateMachineArn, nextToken }));
      arns.push(...page.stateMachineVersions!.map((one) => one.stateMachineVersionArn!));
      nextToken = page.nextToken;
      if (nextToken === undefined) return arns;
    }
  },

  async alias(client: sfn.SFNClient, stateMachineArn: string, name: string): Promise<Attributes | undefined> {
    const { stateMachineAliases } = await client.send(new sfn.ListStateMachineAliasesCommand({ stateMachineArn }));
    const found = stateMachineAliases!.find((one) => one.stateMachineAliasArn!.endsWith(name));
    return found && alias(client).read(found.stateMachineAliasArn!);
  },

  async activity(client: sfn.SFNClient, name: string): Promise<string[]> {
    const arns: string[] = [];
    for await (const page of sfn.paginateListActivities({ client }, {})) {
      arns.push(...page.activities!.filter((one) => one.name === name).map((one) => one.activityArn!));
    }
    return arns;
  },
};
