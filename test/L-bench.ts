import { compileDefinition } from '../lib/asl/definition/compile';
import { Payload } from '../lib/engine/payload';
import { initialSnapshot } from '../lib/engine/snapshot';
import { transition } from '../lib/engine/transition';
import { encodeCommit, holdInitial } from '../lib/engine/commit/encode';
import { FACTS } from './engine/facts';

async function main() {
  for (const [label, fields, blob] of [
    ['plain', {}, 'x'],
    ['params', { Parameters: { 'a.$': '$.a', 'n.$': 'States.MathAdd($.n, 1)', 'id.$': "States.Format('{}-{}', $.n, $$.Execution.Name)", c: { d: [1, 2] } } }, 'x'],
    ['params ctx', { Parameters: { 'a.$': '$.a', 'n.$': 'States.MathAdd($.n, 1)', 'all.$': "$$" } }, 'x'],
    ['params big', { Parameters: { 'a.$': '$.a', 'n.$': 'States.MathAdd($.n, 1)' } }, 'x'.repeat(50_000)],
    ['params big array', { Parameters: { 'a.$': '$.a', 'n.$': 'States.MathAdd($.n, 1)' } }, Array.from({ length: 5000 }, (_, i) => ({ id: i, v: `value ${i}` }))],
    ['resultpath big array', { Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, ResultPath: '$.r' }, Array.from({ length: 5000 }, (_, i) => ({ id: i, v: `value ${i}` }))],
  ] as [string, object, unknown][]) {
    if (process.env.ONLY && process.env.ONLY !== label) continue;
    const States: Record<string, object> = {};
    for (let i = 0; i < 100; i++) States[`S${i}`] = { Type: 'Pass', ...fields, ...(i < 99 ? { Next: `S${i + 1}` } : { End: true }) };
    const program = compileDefinition(JSON.stringify({ StartAt: 'S0', States }));
    const input = JSON.stringify({ a: blob, n: 1 });
    const rounds = Number(process.env.ROUNDS ?? 30);
    let worst = 0;
    const started = performance.now();
    let turns = 0;
    for (let r = 0; r < rounds; r++) {
      const facts = { machineName: 'm', machineId: '1', name: 'e', revision: 1, roleArn: 'r', startMs: 1, input: Payload.ofText(input) };
      let held = holdInitial(initialSnapshot(facts, program.startAt));
      while (held.snapshot.status === 'RUNNING') {
        const before = performance.now();
        const made = await transition(program, held.snapshot, [], { nowMs: 5, random: Math.random, payload: () => '', activityExists: () => true, ...FACTS, limits: { historyEvents: 25000, payloadBytes: 262144 } });
        const encoded = encodeCommit(held, made);
        worst = Math.max(worst, performance.now() - before);
        held = encoded.accept();
        turns++;
        if (held.snapshot.end?.error) { console.log(held.snapshot.end.error, held.snapshot.end.cause?.slice(0,200)); }
      }
    }
    console.log(label, ((performance.now() - started) / rounds).toFixed(2), 'ms a chain;', turns / rounds, 'turns; worst turn', worst.toFixed(1));
  }
}
void main();
