import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListActivitiesCommand, SFNServiceException } from '@aws-sdk/client-sfn';
import { temporaryFolder } from '../contract/temporary-folder';
import { ServerProcess } from '../safety/server';
import { AwsCli } from './aws-cli';
import { installRealClients, type Keys, REAL_CLIENTS, runPython, type Target } from './real-clients';
import { newSdkClient } from './sdk-journey';
import type { Refusal } from './seen';

/** The signatures of unmodified clients, by a server that verifies them. What is in the run: journey.test.ts. */
const SHOP: Keys = { accessKeyId: 'AKIASHOP', secretAccessKey: 'shop/secret+key' };
const GUEST: Keys = { accessKeyId: 'ASIAGUEST', secretAccessKey: 'guest-secret', sessionToken: 'session/token+1==' };

interface Call extends Target {
  isUnsigned?: boolean;
}
/** What came of one ListActivities. */
type Outcome = 'allowed' | Refusal;
const CALLERS: Record<string, (call: Call) => Promise<Outcome>> = {
  'the AWS SDK for JavaScript': callBySdk,
  ...(REAL_CLIENTS && { boto3: callByBoto3, 'the AWS CLI': callByCli }),
};

const CALLS: [title: string, call: Omit<Call, 'url'>, outcome: Outcome][] = [
  ['the right key is let in', { keys: SHOP }, 'allowed'],
  ['a temporary key with its token is let in', { keys: GUEST }, 'allowed'],
  [
    'another secret: InvalidSignatureException',
    { keys: { ...SHOP, secretAccessKey: GUEST.secretAccessKey } },
    {
      code: 'InvalidSignatureException',
      message:
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    },
  ],
  [
    'a key that is not known: UnrecognizedClientException',
    { keys: { ...SHOP, accessKeyId: 'AKIANONE' } },
    { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' },
  ],
  [
    'another token: UnrecognizedClientException',
    { keys: { ...GUEST, sessionToken: 'another' } },
    { code: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' },
  ],
  [
    'another region: InvalidSignatureException',
    { keys: SHOP, region: 'eu-west-1' },
    {
      code: 'InvalidSignatureException',
      message: "Credential should be scoped to a valid region, not 'eu-west-1'.",
    },
  ],
  [
    'no signature: MissingAuthenticationTokenException',
    { isUnsigned: true },
    { code: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  ],
];

const folder = temporaryFolder();
let server: ServerProcess;
let url: string;
if (REAL_CLIENTS) installRealClients();
beforeAll(async () => {
  const keyFile = join(folder, 'keys.json');
  writeFileSync(keyFile, JSON.stringify([SHOP, GUEST]));
  ({ server, url } = await ServerProcess.start({ flags: ['--data', join(folder, 'data'), '--auth', keyFile] }));
});
afterAll(() => server.kill());

describe.each(Object.entries(CALLERS))('%s', (_, callBy) => {
  test.each(CALLS)('%s', async (_, call, outcome) => {
    expect(await callBy({ url, ...call })).toEqual(outcome);
  });
});

test.each([-20, 20])(
  'the SDK whose clock is %i minutes off tries again by the Date of the refusal',
  async (minutes) => {
    const client = newSdkClient({ url, keys: SHOP }, { maxAttempts: 2 });
    const now = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + minutes * 60_000);
    try {
      const { $metadata } = await client.send(new ListActivitiesCommand({}));
      expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
    } finally {
      clock.mockRestore();
      client.destroy();
    }
  },
);

async function callBySdk({ isUnsigned, ...target }: Call): Promise<Outcome> {
  const client = newSdkClient(target, isUnsigned ? { signer: { sign: async (request) => request } } : {});
  try {
    await client.send(new ListActivitiesCommand({}));
    return 'allowed';
  } catch (error) {
    if (!(error instanceof SFNServiceException)) throw error;
    return { code: error.name, message: error.message };
  } finally {
    client.destroy();
  }
}

async function callByBoto3({ isUnsigned, ...target }: Call): Promise<Outcome> {
  const { status, stdout, stderr } = await runPython('list_activities.py', isUnsigned ? ['--unsigned'] : [], target);
  if (status !== 0) throw new Error(stderr);
  return stdout === 'allowed\n' ? 'allowed' : JSON.parse(stdout);
}

async function callByCli({ isUnsigned, ...target }: Call): Promise<Outcome> {
  const outcome = await new AwsCli(target).outcome('list-activities', {}, ...(isUnsigned ? ['--no-sign-request'] : []));
  return 'refusal' in outcome ? outcome.refusal : 'allowed';
}
