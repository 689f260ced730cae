import { Effort } from '../lib/asl/effort';
import { parseJson, stringifyJson } from '../lib/asl/json';
import { compileTemplate, evaluateTemplate } from '../lib/asl/template/template';
import { Unresolved } from '../lib/asl/template/outside';
import { FACTS } from './engine/facts';

const N = 250_000;
const docs: Record<string, string> = {
  digits: `[${Array.from({ length: N / 2 }, (_, i) => i % 10).join(',')}]`,
  ints: `[${Array.from({ length: N / 7 }, (_, i) => i).join(',')}]`,
  floats: `[${Array.from({ length: N / 4 }, (_, i) => `${i % 10}.0`).join(',')}]`,
  arrays: `[${Array.from({ length: N / 3 }, () => '[]').join(',')}]`,
  objects: `[${Array.from({ length: N / 8 }, (_, i) => `{"a":${i % 10}}`).join(',')}]`,
  wide: `{${Array.from({ length: N / 10 }, (_, i) => `"${i}":1`).join(',')}}`,
  strings: `[${Array.from({ length: N / 4 }, (_, i) => `"${i % 10}"`).join(',')}]`,
  deep: '['.repeat(900) + ']'.repeat(900),
  text: `"${','.repeat(N)}"`,
  text2: `"${'a,'.repeat(N / 2)}"`,
  braces: `"${'{}'.repeat(N / 2)}"`,
  uni: `"${'é\\n'.repeat(N / 3)}"`,
};
docs.nested = JSON.stringify(docs.ints);
docs.nestedObjects = JSON.stringify(docs.objects);
docs.nestedDeep = JSON.stringify(`[${Array.from({ length: N / 6 }, () => '[[]]').join(',')}]`);
const calls = [
  'States.ArrayUnique($)', 'States.ArrayContains($, $)', 'States.ArrayContains($, 77)', 'States.ArrayContains($, $[0])', 'States.ArrayPartition($, 1)', 'States.ArrayLength($)',
  'States.JsonToString($)', 'States.StringToJson($)', "States.Format('{}{}', $, $)", "States.Format($)", 'States.StringSplit($, $)', "States.StringSplit($, ',')", 'States.JsonMerge($, $, false)', 'States.Hash($, \'SHA-512\')', 'States.Array($, $)', '$', '$..*', '$[*]',
  'States.JsonToString(States.Array($, $, $))','States.StringToJson(States.JsonToString($))',
];
for (const [name, text] of Object.entries(docs)) {
  for (const call of calls) {
    let worst = 0; let steps = 0; let result = '';
    for (let round = 0; round < 3; round++) {
      const value = parseJson(text).value;
      const members: Record<string, string> = {};
      for (let i = 0; i < 40; i++) members[`m${i}.$`] = call;
      const template = compileTemplate(parseJson(JSON.stringify(members)).value);
      const effort = new Effort();
      const before = process.cpuUsage();
      let made; try {
      made = evaluateTemplate(template, { input: { value, text }, context: () => null, random: () => 0.5, hash: FACTS.hash, effort });
      } catch (e) { result = String(e); }
      const { user, system } = process.cpuUsage(before); const took = (user + system) / 1000;
      if (round > 0 && took > worst) { worst = took; steps = effort.total; result = made instanceof Unresolved ? made.error + ' ' + made.cause.slice(0, 20) + made.cause.slice(-40) : 'made ' ; }
    }
    if (worst > 25) console.log(name, call, `${worst.toFixed(0)} ms`, steps.toFixed(0), `${(worst * 1e6 / steps).toFixed(0)} ns a step`, result.replaceAll(/\s+/g, ' '));
  }
}
void stringifyJson;
