import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/cdk/app';

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** The stack of the repository's app, with what cdk-nag said of it. */
export function synthesize(context: Record<string, unknown> = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'stepwell-cdk-'));
  const assembly = createApp({ outdir, context }).synth();
  const [stack] = assembly.stacks;
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { conclusion?: string; violations: { ruleName: string }[] }[];
  };
  const template = stack!.template as { Resources: Record<string, Resource>; Outputs: Record<string, unknown> };
  const of = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  return {
    template: Template.fromJSON(template),
    outputs: Object.keys(template.Outputs),
    of,
    /** The function of that name. */
    function: (name: string) =>
      of('AWS::Lambda::Function').find(({ Properties }) => Properties.FunctionName === `stepwell-${name}`)!.Properties,
    violations: report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName)),
  };
}

let plain: ReturnType<typeof synthesize> | undefined;

/** The same without any option, made once. */
export const synthesizePlain = () => {
  plain ??= synthesize();
  return plain;
};
