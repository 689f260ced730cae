import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { start } from '../../lib/cli/commands/start';
import { Settings, START_OPTIONS } from '../../lib/cli/options';
import { readStartSettings } from '../../lib/cli/settings';
import { readWords } from '../../lib/cli/words';

/** docker-compose.yml cannot be run where there is no Docker: what it says is held to what there is. */

interface Service {
  image: string;
  command: string[];
  environment: Record<string, string>;
  depends_on: string[];
  ports: string[];
  stop_grace_period: string;
}

const ROOT = join(__dirname, '../..');
const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const { dynamodb, sqs, ...servers } = services;

test('a store, queues and two servers, on loopback alone and each on a port of its own', () => {
  expect([dynamodb, sqs].every(Boolean)).toBe(true);
  expect(Object.keys(servers)).toEqual(['one', 'two']);
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect(new Set(ports).size).toBe(4);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test('the store and the queues are of the versions that the tests run', () => {
  const pom = readFileSync(join(ROOT, 'test/backends/pom.xml'), 'utf8');
  const versionOf = (artifact: string) => pom.split(`<artifactId>${artifact}</artifactId><version>`)[1]!.split('<')[0];
  expect(dynamodb!.image).toBe(`amazon/dynamodb-local:${versionOf('DynamoDBLocal')}`);
  expect(sqs!.image).toBe(`softwaremill/elasticmq-native:${versionOf('elasticmq-server_2.13')}`);
});

test.each(Object.entries(servers))('%s: its flags and variables are those of the command', (_, service) => {
  const [name, ...words] = service.command;
  expect(name).toBe(start.name);
  const { flags } = readWords(start, words);
  const variables = Object.entries(service.environment).map(([key, value]) => [
    key,
    value.replace(/^\$\{\w+:-|\}$/g, ''),
  ]);
  const settings = readStartSettings(new Settings(START_OPTIONS, flags, Object.fromEntries(variables)));
  expect(settings).toMatchObject({
    home: 'served',
    host: '0.0.0.0',
    service: { dynamodb: { endpoint: 'http://dynamodb:8000' }, sqs: { endpoint: 'http://sqs:9324' } },
  });
  expect(service.ports[0]).toMatch(new RegExp(`:${settings.port}$`));
  expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(20);
  expect(service.depends_on).toEqual(['dynamodb', 'sqs']);
});

test('the image starts the build of this package', () => {
  const image = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  expect(image).toContain('ENTRYPOINT ["node", "dist/cli.js"]');
  expect(image).toContain('COPY --from=build /stepwell/dist ./dist');
});
