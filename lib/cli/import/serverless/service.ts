import type { Stack } from '../cloudformation/stacks';
import { isMembers, type Template, templateIn } from '../cloudformation/template';
import type { Documents, SourceDocument } from '../documents';
import type { ImportSettings } from '../found';
import { stableName } from '../names';
import { Variables } from './variables';

type Members = Record<string, unknown>;

/**
 * A service of the Serverless Framework with the plugin serverless-step-functions, as the template that the two would
 * deploy: as far as machines, activities and functions go. Undefined for a file that is none.
 */
export function serverlessTemplate(
  document: SourceDocument,
  documents: Documents,
  settings: ImportSettings,
): Stack | undefined {
  const { value } = document;
  if (!isMembers(value) || value.service === undefined || value.provider === undefined) return undefined;
  const variables = new Variables(document, documents, settings);
  const service = new Service(variables);
  const resources = { ...service.own(), ...service.functions(), ...service.machines(), ...service.activities() };
  const sections = service.sections();
  const template = templateIn(document, { ...sections, Resources: resources }) as Template;
  return { name: `${service.name}-${variables.stage}`, template, assets: new Map() };
}

class Service {
  readonly name: string;
  private readonly stepFunctions: Members;

  constructor(private readonly variables: Variables) {
    const given = variables.self('service');
    this.name = String(isMembers(given) ? given.name : given);
    this.stepFunctions = merged(variables.self('stepFunctions'));
  }

  sections(): Members {
    return merged(this.variables.self('resources'));
  }

  own(): Members {
    return merged(this.sections().Resources);
  }

  /** Under the names that the plugin knows too: `Fn::GetAtt: [charge, Arn]` is the function of that key. */
  functions(): Members {
    const found: Members = {};
    for (const [key, given] of Object.entries(merged(this.variables.self('functions')))) {
      const own = isMembers(given) ? given : {};
      const resource = {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: own.name ?? `${this.name}-${this.variables.stage}-${key}` },
      };
      found[key] = resource;
      found[`${normalized(key)}LambdaFunction`] = resource;
    }
    return found;
  }

  machines(): Members {
    const found: Members = {};
    for (const [key, machine] of Object.entries(merged(this.stepFunctions.stateMachines))) {
      if (!isMembers(machine)) continue;
      const own = machine.id ?? machine.name;
      const id = typeof own === 'string' ? normalized(own) : `${normalized(key)}StepFunctionsStateMachine`;
      found[id] = { Type: 'AWS::StepFunctions::StateMachine', Properties: this.propertiesOf(key, machine) };
    }
    return found;
  }

  activities(): Members {
    const { activities } = this.stepFunctions;
    const found: Members = {};
    for (const [at, name] of (Array.isArray(activities) ? activities.flat() : []).entries()) {
      const id = typeof name === 'string' ? normalized(name) : `Activity${at + 1}`;
      found[`${id}StepFunctionsActivity`] = { Type: 'AWS::StepFunctions::Activity', Properties: { Name: name } };
    }
    return found;
  }

  private propertiesOf(key: string, machine: Members): Members {
    const { definition, name, role, type, tags, inheritGlobalTags, loggingConfig, tracingConfig } = machine;
    const isText = typeof definition === 'string';
    const shared = inheritGlobalTags === false ? {} : merged(this.variables.self('provider.tags'));
    return {
      StateMachineName: name ?? stableName(`${this.name}-${this.variables.stage}-${key}`),
      ...(definition !== undefined && {
        [isText ? 'DefinitionString' : 'Definition']: withPseudoParameters(definition),
      }),
      RoleArn: role,
      StateMachineType: type,
      Tags: Object.entries({ ...shared, ...merged(tags) }).map(([Key, Value]) => ({ Key, Value })),
      ...(isMembers(loggingConfig) && { LoggingConfiguration: loggingOf(loggingConfig) }),
      ...(isMembers(tracingConfig) && { TracingConfiguration: { Enabled: tracingConfig.enabled } }),
    };
  }
}

const loggingOf = ({ level, includeExecutionData, destinations }: Members): Members => ({
  Level: level,
  IncludeExecutionData: includeExecutionData,
  Destinations: (Array.isArray(destinations) ? destinations : []).map((LogGroupArn) => ({
    CloudWatchLogsLogGroup: { LogGroupArn },
  })),
});

/** A section may be a list of what belongs together, each from a file of its own. */
function merged(value: unknown): Members {
  if (!Array.isArray(value)) return isMembers(value) ? value : {};
  const found: Members = {};
  for (const part of value.filter(isMembers)) {
    for (const [name, member] of Object.entries(part)) {
      const before = found[name];
      found[name] = isMembers(before) && isMembers(member) ? { ...before, ...member } : member;
    }
  }
  return found;
}

/** `#{AWS::Region}` of an older plugin, and `${AWS::Region}` in any text of a definition. */
function withPseudoParameters(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPseudoParameters);
  if (isMembers(value)) {
    const members = Object.entries(value).map(([name, member]) => [
      name,
      name === 'Fn::Sub'
        ? JSON.parse(JSON.stringify(member).replaceAll('#{AWS::', '${AWS::'))
        : withPseudoParameters(member),
    ]);
    return Object.fromEntries(members);
  }
  if (typeof value !== 'string' || !PSEUDO.test(value)) return value;
  const parts = value.split(/([#$]\{AWS::\w+\})/).filter((part) => part !== '');
  return { 'Fn::Join': ['', parts.map((part) => (PSEUDO.test(part) ? { Ref: part.slice(2, -1) } : part))] };
}

const PSEUDO = /[#$]\{AWS::\w+\}/;

/** As the framework makes logical ids of keys. */
function normalized(key: string): string {
  const name = key
    .replaceAll('-', 'Dash')
    .replaceAll('_', 'Underscore')
    .replace(/[^A-Za-z0-9]/g, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
