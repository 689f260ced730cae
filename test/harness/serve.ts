import { parseArgs } from 'node:util';
import { SigningDoor } from '../backends/signing-door';
import { Harness, REGION } from './harness';

/** Runs the harness until it is told to stop. Its first line says where it is, and with which keys. */
export async function serve(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      'lambda-endpoint': { type: 'string' },
      'poll-seconds': { type: 'string', default: '20' },
    },
  });
  const harness = await Harness.start({
    context: { pollSeconds: values['poll-seconds'] },
    lambdaEndpoint: values['lambda-endpoint'],
  });
  const keys = await harness.createKey('AKIAHARNESS');
  const { url, domainUrl } = harness;
  const door = new SigningDoor(new URL(domainUrl), keys, REGION);
  process.stdout.write(`${JSON.stringify({ url, domainUrl, unsignedUrl: await door.listen(), keys })}\n`);
  await new Promise((stop) => {
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  const counts = [...harness.deployment.functions].map(([name, { counts }]) => `${name}: ${JSON.stringify(counts)}`);
  process.stderr.write(`${[...harness.lines, ...counts].join('\n')}\n`);
  door.close();
  await harness.stop();
}
