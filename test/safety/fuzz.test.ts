import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedFrom } from '../dice';
import { BODIES, FIXTURES } from './fuzz/actions';
import { brokenBodies, oddContents, wrongTypes } from './fuzz/bodies';
import { Campaign, HELD_MAX_MS } from './fuzz/campaign';
import { actionRequest } from './fuzz/connections';
import { documentsAsDefinitions, largeDefinitions, oddDefinitions } from './fuzz/definitions';
import { executions } from './fuzz/executions';
import { type Family, family } from './fuzz/family';
import { brokenHttp, oddRequests, tunnels } from './fuzz/http-requests';
import { brokenSignatures, goodSignatures, KEY } from './fuzz/signatures';
import { Target } from './fuzz/target';
import { pageTokens, Tokens, taskTokens } from './fuzz/tokens';
import { activityArn, machineArn, ROLE_ARN } from './wire';

/**
 * Bad input, generated. By itself 2,000 requests; all of it with
 *   STEPWELL_FUZZ=20000 node_modules/.bin/jest test/safety/fuzz.test.ts
 * and STEPWELL_SEED=N to send those of an earlier run.
 */
const REQUESTS = Number(process.env.STEPWELL_FUZZ ?? 300);
const SEED = seedFrom('STEPWELL_SEED');
const WARM_UP = 200;

const tokens = new Tokens();
const FAMILIES: Family[] = [
  family('broken bodies', 12, brokenBodies),
  family('wrong types', 12, wrongTypes),
  family('odd contents', 12, oddContents),
  family('odd requests', 10, oddRequests),
  family('broken HTTP', 6, brokenHttp),
  family('tunnels', 1, tunnels),
  family('broken signatures', 10, brokenSignatures, { isSigned: true }),
  family('good signatures', 1, goodSignatures, { isSigned: true }),
  family('task tokens', 4, taskTokens(tokens)),
  family('page tokens', 4, pageTokens(tokens)),
  family('large definitions', 6, largeDefinitions),
  family('odd definitions', 8, oddDefinitions),
  family('documents as definitions', 3, documentsAsDefinitions),
  family('executions', 11, executions),
];

test('every request gets a documented answer, and none stops the server, holds its loop or shows its insides', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-fuzz-'));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([KEY]));
  const open = new Target({ flags: ['--data', join(folder, 'open'), '--log-level', 'error'] });
  const signed = new Target({ flags: ['--memory', '--auth', join(folder, 'keys.json')] });
  try {
    await open.start();
    await signed.start();
    await makeFixtures(open);
    // What is compiled and loaded with the first requests is not what an attacker can repeat.
    await new Campaign(SEED).fight(open, family('warm-up', 1, oddDefinitions), WARM_UP);
    await new Campaign(SEED).fight(open, family('warm-up', 1, oddContents), WARM_UP);
    await open.longestHold();
    const campaign = new Campaign(SEED);
    const shares = FAMILIES.reduce((sum, { share }) => sum + share, 0);
    const before = open.sent + signed.sent;
    for (const one of FAMILIES) {
      const target = one.isSigned ? signed : open;
      await campaign.fight(target, one, Math.ceil((REQUESTS * one.share) / shares));
    }
    report(campaign, open.sent + signed.sent - before);
    expect(campaign.findings.map(({ family, kind }) => `${family}: ${kind}`)).toEqual([]);
  } finally {
    await open.stop();
    await signed.stop();
    rmSync(folder, { recursive: true });
  }
}, 1_800_000);

function report({ findings, longestHold, notRepeated }: Campaign, requests: number): void {
  const lines = findings.map(
    ({ family, detail, attack, times }) => `${family}: ${detail}\n  ${times} times, by ${attack}`,
  );
  const held = `longest hold: ${longestHold.heldMs.toFixed(1)} ms, over ${HELD_MAX_MS} ms and not again: ${notRepeated}`;
  lines.push(`fuzz requests: ${requests}, offences: ${findings.length}, ${held}, seed: ${SEED}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What the bodies of the requests name: an execution that has ended, and one whose task was handed out. */
async function makeFixtures(target: Target): Promise<void> {
  const waits = { StartAt: 'T', States: { T: { Type: 'Task', Resource: activityArn(FIXTURES.activity), End: true } } };
  for (const [action, body] of [
    ['CreateActivity', BODIES.CreateActivity],
    ['CreateStateMachine', BODIES.CreateStateMachine],
    ['CreateStateMachine', { name: FIXTURES.waiting, definition: JSON.stringify(waits), roleArn: ROLE_ARN }],
    ['StartExecution', BODIES.StartExecution],
    ['StartExecution', { stateMachineArn: machineArn(FIXTURES.waiting) }],
  ] as const) {
    const { status, body: answer } = await target.send(actionRequest(action, body!));
    if (status !== 200) throw new Error(`${action}: ${answer}`);
  }
  await tokens.collect(target);
}
