import { parseArgs } from 'node:util';
import { startDynamoDb } from '../../test/backends/dynamodb';
import { startElasticMq } from '../../test/backends/elasticmq';
import { deploy } from './deployment';
import { measure, SCENARIOS } from './scenarios';
import { linesOf } from './report';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, only: { type: 'string' } } });
  const dynamodb = await startDynamoDb();
  const elasticmq = await startElasticMq();
  const deployment = await deploy(dynamodb, elasticmq);
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (values.only && !values.only.split(',').includes(name)) continue;
      for (const atOnce of [1, 10]) {
        const cpu0 = process.cpuUsage();
        console.log(linesOf(scenario, atOnce, await measure(deployment, scenario, atOnce)));
        const cpu = process.cpuUsage(cpu0); console.log("CPU", (cpu.user + cpu.system) / 1000, "requests", deployment.meter.requests);
      }
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
