import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDynamoDb } from '../../test/backends/dynamodb';
import { startElasticMq } from '../../test/backends/elasticmq';
import { deploy } from './deployment';
import { idleRows } from './idle';
import { sumOf } from './pricing';
import { isOver, linesOf, type Row, tablesOf, writeTables } from './report';
import { AT_ONCE, idleAudit, idleMinute, measure, SCENARIOS } from './scenarios';

const HELP = `npm run cost -- [OPTIONS]
  --only NAME,...   these scenarios: ${Object.keys(SCENARIOS).join(', ')}
  --write           puts the tables into docs/cost.md`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(HELP);
  const names = values.only?.split(',') ?? Object.keys(SCENARIOS);
  const unknown = names.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}\n\n${HELP}`);
  if (values.write && values.only) throw new Error('--write needs all scenarios');

  const [dynamodb, elasticmq] = await Promise.all([startDynamoDb(), startElasticMq()]);
  const deployment = await deploy(dynamodb, elasticmq);
  try {
    const [minute, audit] = [await idleMinute(deployment), await idleAudit(deployment)].map((lines) =>
      sumOf(lines.map(({ usage }) => usage)),
    );
    const idle = idleRows(minute!, audit!);
    const rows: Row[] = [];
    for (const name of names) {
      const scenario = SCENARIOS[name]!;
      const alone = await measure(deployment, scenario, 1);
      const busy = await measure(deployment, scenario, AT_ONCE);
      rows.push({ scenario, alone, busy });
      console.log(`${linesOf('one at a time', scenario, alone)}\n\n${linesOf('many at once', scenario, busy)}\n`);
    }
    const tables = tablesOf(rows, idle);
    console.log(tables);
    if (values.write) writeTables(join(process.cwd(), 'docs/cost.md'), tables);
    for (const { scenario } of rows.filter(isOver)) {
      console.log(`\nOver its goal: ${scenario.title}`);
      process.exitCode = 1;
    }
  } finally {
    await deployment.close();
    await Promise.all([dynamodb.stop(), elasticmq.stop()]);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
