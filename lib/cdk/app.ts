import { App, type AppProps, CliCredentialsStackSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from './context';
import { acknowledgeExceptions } from './exceptions';
import { BadOption } from './options';
import { StepwellStack } from './stack';

/**
 * The app of this repository: one stack, named `Stepwell` unless the deployment has a name of its own, checked by
 * cdk-nag. `synthesizer=cli` deploys with the caller's own rights, where there are no roles of a bootstrapped account.
 */
export function createApp(props?: AppProps): App {
  // What is refused is half made: the CDK would synthesize it all the same when the process ends.
  const app = new App({ autoSynth: false, ...props });
  const options = readContext(app.node);
  const synthesizer: unknown = app.node.tryGetContext('synthesizer');
  if (synthesizer !== undefined && synthesizer !== 'cli') {
    throw new BadOption(`synthesizer is ${JSON.stringify(synthesizer)}; give cli, or nothing`);
  }
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const { name = 'stepwell' } = options;
  const stack = new StepwellStack(app, name === 'stepwell' ? 'Stepwell' : `Stepwell-${name}`, options, {
    ...(account && region && { env: { account, region } }),
    ...(synthesizer === 'cli' && { synthesizer: new CliCredentialsStackSynthesizer() }),
  });
  acknowledgeExceptions(stack.stepwell);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
