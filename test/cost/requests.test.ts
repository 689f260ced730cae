import { type Deployment, deploy } from '../../bench/cost/deployment';
import { managedTransition } from '../../bench/cost/pricing';
import { costOf } from '../../bench/cost/report';
import { type Measured, measure, SCENARIOS } from '../../bench/cost/scenarios';
import { type DynamoDb, startDynamoDb } from '../backends/dynamodb';
import { type ElasticMq, startElasticMq } from '../backends/elasticmq';

/** What one execution, alone, asks of a kind of request at most: an attribute, a read, a message more shows here. */
const MOST: Record<string, Record<string, number>> = {
  sequence: {
    'API Gateway request': 1,
    'DynamoDB Put executions by api': 1,
    'DynamoDB Put journal by advance': 1,
    'DynamoDB Put journal by task': 11,
    'DynamoDB Update executions by task': 1,
    // Its message carries the commit.
    'DynamoDB Query journal by task': 0,
    'SQS SendMessageBatch advance by api': 1,
    'SQS SendMessageBatch tasks by advance': 1,
  },
  parallel: {
    'DynamoDB Put executions by api': 1,
    'DynamoDB Put journal by advance': 1,
    'DynamoDB Update executions by task': 1,
    'SQS SendMessageBatch advance by api': 1,
    // One request, whatever the event loop has to do meanwhile; never one for each.
    'SQS SendMessageBatch tasks by advance': 2,
  },
  activities: {
    'API Gateway request': 21,
    'DynamoDB Put journal by advance': 1,
    'DynamoDB Put journal by api': 10,
    'DynamoDB Put journal by poll': 10,
    'DynamoDB Query journal by api': 10,
    'DynamoDB Query journal by poll': 0,
    'SQS SendMessageBatch advance by api': 11,
    'SQS SendMessageBatch activity by advance': 10,
  },
  wait: {
    'DynamoDB Put timers by advance': 1,
    'DynamoDB Delete timers by timers': 1,
    'DynamoDB Put journal by advance': 2,
    'SQS SendMessageBatch advance by timers': 1,
  },
  passes: {
    'API Gateway request': 1,
    'DynamoDB Put executions by api': 1,
    'DynamoDB Put journal by advance': 1,
    'DynamoDB Update executions by advance': 1,
    'SQS SendMessageBatch advance by api': 1,
  },
};

/** Units, which grow with items. */
const UNITS: Record<string, { writeUnits: number }> = {
  sequence: { writeUnits: 17 },
  activities: { writeUnits: 26 },
  wait: { writeUnits: 9 },
  passes: { writeUnits: 7 },
};

test('all scenarios are held', () => {
  expect(Object.keys(MOST).sort()).toEqual(Object.keys(SCENARIOS).sort());
});

if (process.env.STEPWELL_BACKENDS) {
  jest.setTimeout(180_000);
  let dynamodb: DynamoDb | undefined;
  let elasticmq: ElasticMq | undefined;
  let deployment: Deployment;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    elasticmq = await startElasticMq();
    deployment = await deploy(dynamodb, elasticmq);
  }, 240_000);
  afterAll(async () => {
    await deployment?.close();
    await elasticmq?.stop();
    await dynamodb?.stop();
  });

  const used = ({ lines }: Measured, unit: 'writeUnits') =>
    lines.reduce((sum, { usage }) => sum + (usage[unit] ?? 0), 0);

  test.each(Object.entries(SCENARIOS))('%s: no request more', async (name, scenario) => {
    const measured = await measure(deployment, scenario, 1);
    const counts = new Map(measured.lines.map(({ what, count }) => [what, count]));
    const over = Object.entries(MOST[name]!).filter(([what, most]) => !((counts.get(what) ?? 0) <= most));
    expect(over.map(([what]) => `${what}: ${counts.get(what)}`)).toEqual([]);
    // Whatever it is called: a kind of request that was renamed holds nothing.
    const missing = Object.entries(MOST[name]!).filter(([what, most]) => most > 0 && !counts.has(what));
    expect(missing.map(([what]) => what)).toEqual([]);
    if (UNITS[name]) expect(used(measured, 'writeUnits')).toBeLessThanOrEqual(UNITS[name].writeUnits);
    expect(costOf(scenario, measured)).toBeLessThanOrEqual(scenario.goal ?? managedTransition * 1e6);
  });
}
