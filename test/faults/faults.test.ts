import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeMissingPermission,
  describeMissingTable,
  describeNewerTables,
  describeThrottling,
  describeWrongRegion,
} from './describe-store-faults';
import { describeClock, describeDeletedQueue, describePoison, describeSlowFunction } from './describe-work-faults';
import { Home } from './home';

/** Faults that a user may meet, and what docs/faults.md says of each. */
const FAULTS: Record<string, (home: () => Home) => void> = {
  'A table is missing': describeMissingTable,
  'The tables are of a newer version': describeNewerTables,
  'Tables are throttled': describeThrottling,
  'A permission is missing': describeMissingPermission,
  'The region is wrong': describeWrongRegion,
  'A queue was deleted': describeDeletedQueue,
  'An execution is poisoned': describePoison,
  'A function takes too long': describeSlowFunction,
  'A clock is off': describeClock,
};

test('each fault that is documented is tested, and the other way round', () => {
  const page = readFileSync(join(__dirname, '../../docs/faults.md'), 'utf8');
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(Object.keys(FAULTS));
});

/** Needs Java, like the contract suites over these servers. */
const JARS = ['dynamodb/DynamoDBLocal.jar', 'elasticmq/ElasticMQ.jar'].map((jar) =>
  join(__dirname, '../backends/jars', jar),
);
const hasJars = JARS.every((jar) => existsSync(jar));
if (process.env.STEPWELL_BACKENDS && !hasJars) {
  afterAll(() => void process.stdout.write('NOT RUN: faults: there are no servers in test/backends/jars\n'));
}
if (process.env.STEPWELL_BACKENDS && hasJars) {
  jest.setTimeout(180_000);
  let home: Home;
  beforeAll(async () => {
    home = await Home.start();
  }, 180_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => home?.stop());

  describe.each(Object.entries(FAULTS))('%s', (_, describeFault) => describeFault(() => home));
}
