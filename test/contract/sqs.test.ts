import { SqsActivityQueues } from '../../lib/adapters/sqs/activity-queues';
import { createSqsClients, type SqsClients } from '../../lib/adapters/sqs/clients';
import { createQueues } from '../../lib/adapters/sqs/create-queues';
import { specifyQueues } from '../../lib/adapters/sqs/specifications';
import { systemClock } from '../../lib/host/system';
import { type ElasticMq, startElasticMq } from '../backends/elasticmq';
import { describeActivityQueues } from './describe-activity-queues';
import { describeQueue } from './describe-queue';
import { describeSqsActivities } from './describe-sqs-activities';
import { describeSqsConsumers } from './describe-sqs-consumers';
import { describeSqsSends } from './describe-sqs-sends';
import { newId } from './samples';
import { advanceQueue, type Backend } from './sqs-queues';

/** SQS hides messages for whole seconds, and the lease is what remains when an answer was under way. */
const LEASE_SECONDS_LEAST = 3;

describe('the queues of a deployment', () => {
  test('messages are kept for 14 days, and after 10 receives go to the dead letters', () => {
    const { advance, tasks, deadLetters } = specifyQueues('own');
    expect(advance).toEqual({
      name: 'own-advance',
      visibilitySeconds: 120,
      retentionSeconds: 1_209_600,
      messageBytesMax: 1_048_576,
      redrive: { queue: 'own-advance-dead', receivesMax: 10 },
    });
    expect(tasks).toEqual({
      ...advance,
      name: 'own-tasks',
      visibilitySeconds: 60,
      redrive: { queue: 'own-tasks-dead', receivesMax: 10 },
    });
    expect(deadLetters.map(({ name, redrive }) => [name, redrive])).toEqual([
      ['own-advance-dead', undefined],
      ['own-tasks-dead', undefined],
      ['own-activities-dead', undefined],
    ]);
  });

  test('an activity has its own, where giving an offer back is no failure', () => {
    const { name, visibilitySeconds, redrive } = specifyQueues('own').activity('01J');
    expect([name, visibilitySeconds, redrive]).toEqual([
      'own-a-01J',
      30,
      { queue: 'own-activities-dead', receivesMax: 1_000 },
    ]);
  });
});

/** Needs Java: `mvn -f test/backends/pom.xml -P elasticmq package` fetches the server. */
if (process.env.STEPWELL_BACKENDS) {
  let server: ElasticMq;
  let clients: SqsClients;
  beforeAll(async () => {
    server = await startElasticMq();
    clients = createSqsClients(server.connection);
  }, 120_000);
  afterAll(async () => {
    clients.close();
    await server.stop();
  });
  const backend = (): Backend => ({ connection: server.connection, clients });

  describeQueue('sqs', async () => {
    const { queue } = await advanceQueue(backend(), { visibilitySeconds: LEASE_SECONDS_LEAST });
    return {
      queue,
      consume: (handler) => queue.consume(handler),
      leaseMs: LEASE_SECONDS_LEAST * 1000,
      close: () => queue.stop(),
    };
  });

  describeActivityQueues(
    'sqs',
    async (leaseMs) => {
      const specifications = specifyQueues(`test-${newId()}`);
      await createQueues(clients.calls, specifications);
      const visibilitySeconds = Math.max(LEASE_SECONDS_LEAST, Math.ceil(leaseMs / 1000));
      const queues = new SqsActivityQueues({
        clients,
        specify: (generation) => ({ ...specifications.activity(generation), visibilitySeconds }),
        clock: systemClock,
        pollSeconds: 2,
        onFailure: fail,
      });
      return { queues, leaseMs: visibilitySeconds * 1000, close: () => queues.close() };
    },
    { isOrdered: false },
  );

  describeSqsSends(backend);
  describeSqsConsumers(backend);
  describeSqsActivities(backend);
}

function fail(error: unknown): void {
  throw error;
}
