import { temporaryFolder } from '../contract/temporary-folder';
import { ServerProcess } from '../safety/server';
import { cliJourney } from './cli-journey';
import { date, describeJourney } from './describe-journey';
import { installRealClients, REAL_CLIENTS, runPython } from './real-clients';
import { sdkJourney } from './sdk-journey';
import type { Seen } from './seen';

/**
 * Unmodified clients on the same journey through the API. The AWS SDK for JavaScript is always in the run; with
 *   STEPWELL_REAL_CLIENTS=1 npx jest test/clients
 * the AWS CLI and boto3 are too, which are installed over the network the first time.
 */
const TRAVELLERS: Record<string, (url: string) => Promise<Seen>> = {
  'the AWS SDK for JavaScript': (url) => sdkJourney(url),
  ...(REAL_CLIENTS && { boto3: boto3Journey, 'the AWS CLI': cliJourney }),
};
const JOURNEY_MAX_MS = 180_000;

const folder = temporaryFolder();
const seenBy: Record<string, Seen> = {};
if (REAL_CLIENTS) installRealClients();

for (const [client, travel] of Object.entries(TRAVELLERS)) {
  const begin = async () => {
    const { server, url } = await ServerProcess.start({ flags: ['--data', `${folder}/${client}`] });
    try {
      seenBy[client] = await travel(url);
      return seenBy[client];
    } finally {
      await server.kill();
    }
  };
  describeJourney(client, begin, JOURNEY_MAX_MS);
}

if (REAL_CLIENTS) {
  describe('compared', () => {
    test.each(Object.keys(TRAVELLERS).slice(1))('%s sees what the SDK sees, member by member', (client) => {
      expect(timeless(seenBy[client]!)).toEqual(timeless(seenBy['the AWS SDK for JavaScript']!));
    });
  });
}

async function boto3Journey(url: string): Promise<Seen> {
  const { status, stdout, stderr } = await runPython('boto3_journey.py', [], { url });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Without what is another on every journey. */
const timeless = (seen: Seen): unknown =>
  JSON.parse(JSON.stringify(seen), (member, value) => {
    if (member === 'taskToken') return 'a token';
    if (member === 'revisionId') return 'a revision';
    if (member === 'message') return String(value).replace(/[0-9a-f-]{36}/, 'a revision');
    return /^timestamp$|Date$/.test(member) && date.asymmetricMatch(value) ? 'a date' : value;
  });
