import fc from 'fast-check';
import { ACTION_NAMES, BODIES } from './actions';
import type { Attack } from './attack';
import { actionRequest } from './connections';
import { Offence } from './target';
import { anyOddText, builtInName } from './texts';

/** Bodies of requests: what is no JSON, JSON of the wrong types, and JSON with odd contents. */

const action = fc.constantFrom(...ACTION_NAMES);

// ---- what is no JSON

/** Each makes something that no JSON parser takes, from a text that is an object. */
const BREAKAGES: Record<string, (text: string, at: number) => string | Buffer> = {
  'cut off': (text, at) => text.slice(0, at % text.length),
  'a comma at the end': (text) => text.replace(/\}$/, ',}'),
  'single quotes': (text) => text.replaceAll('"', "'"),
  'no quotes': (text) => text.replace(/"(\w+)":/, '$1:'),
  'a comment': (text) => text.replace('{', '{/* */'),
  'a byte order mark': (text) => `\ufeff${text}`,
  'a control character': (text) => text.replace('"', '"\u0001'),
  'something behind': (text) => `${text}{}`,
  'a NUL behind': (text) => `${text}\u0000`,
  'a number that is none': (text) => text.replace('{', '{"x":01,'),
  NaN: (text) => text.replace('{', '{"x":NaN,'),
  'a bad escape': (text) => text.replace('{', '{"\\x41":1,'),
  'half an escape': (text) => text.replace('{', '{"\\u12":1,'),
  'bytes that are no UTF-8': (text, at) => insertBytes(text, at, [0xc3, 0x28]),
  'a surrogate in UTF-8': (text, at) => insertBytes(text, at, [0xed, 0xa0, 0x80]),
  'an overlong NUL': (text, at) => insertBytes(text, at, [0xc0, 0x80]),
  compressed: () => Buffer.from('1f8b0800000000000003abae050043bfa6a302000000', 'hex'),
  'open brackets': (_, at) => '['.repeat(at * 50),
  'open objects': (_, at) => '{"a":'.repeat(at * 20),
  'brackets, open and closed': (_, at) => '['.repeat(at * 40) + ']'.repeat(at * 40),
  'a list': (text) => `[${text}]`,
  'a number': (_, at) => String(at),
  'a text': (text) => JSON.stringify(text),
  'null alone': () => 'null',
  nothing: () => '',
  blanks: (_, at) => ' '.repeat(at),
};

const insertBytes = (text: string, at: number, bytes: number[]): Buffer => {
  const cut = at % text.length;
  return Buffer.concat([Buffer.from(text.slice(0, cut)), Buffer.from(bytes), Buffer.from(text.slice(cut))]);
};

export const brokenBodies: Attack<[string, string, number]> = {
  what: fc.tuple(action, fc.constantFrom(...Object.keys(BREAKAGES)), fc.integer({ min: 1, max: 20_000 })),
  show: ([name, breakage, at]) => `${name} with ${breakage} (${at})`,
  async run(target, [name, breakage, at]) {
    const body = BREAKAGES[breakage]!(JSON.stringify(BODIES[name]), at);
    const { status, body: answer } = await target.send(actionRequest(name, body));
    if (status !== 400 || !answer.includes('#SerializationException')) {
      throw new Offence(`${breakage} is taken`, `${status} ${answer.slice(0, 200)}`);
    }
  },
};

// ---- wrong types

const WRONG: Record<string, fc.Arbitrary<unknown>> = {
  string: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.array(fc.string()), fc.object({ maxDepth: 2 })),
  number: fc.oneof(fc.string(), fc.boolean(), fc.array(fc.integer()), fc.object({ maxDepth: 2 })),
  boolean: fc.oneof(fc.string(), fc.integer(), fc.array(fc.boolean()), fc.object({ maxDepth: 2 })),
  object: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
};

const wrongMember = action.chain((name) =>
  fc
    .constantFrom(...Object.keys(BODIES[name]!))
    .chain((member) => fc.tuple(fc.constant(name), fc.constant(member), WRONG[typeof BODIES[name]![member]]!)),
);

export const wrongTypes: Attack<[string, string, unknown]> = {
  what: wrongMember,
  async run(target, [name, member, value]) {
    // What JSON has no text for would be sent as null, which counts as absent.
    if (typeof value === 'number' && !Number.isFinite(value)) return;
    const { status, body } = await target.send(actionRequest(name, { ...BODIES[name], [member]: value }));
    if (status !== 400 || !/#(SerializationException|ValidationException)/.test(body)) {
      throw new Offence('a wrong type is taken', `${status} ${body.slice(0, 200)}`);
    }
  },
};

// ---- odd contents

const oddValue = fc.oneof(
  { weight: 6, arbitrary: anyOddText as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, -1, 0, 1001, 2 ** 31, -(2 ** 53), 1e308, true, [], {}) },
  { weight: 1, arbitrary: fc.array(fc.record({ key: anyOddText, value: anyOddText }), { maxLength: 60 }) },
);

/** Members that are given twice, or are named as something that every object has. */
const oddMember = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<'own' | 'built-in'>('own') },
  { weight: 1, arbitrary: fc.constant<'own' | 'built-in'>('built-in') },
);

type OddContent = {
  name: string;
  members: { kind: 'own' | 'built-in'; at: number; builtIn: string; value: unknown }[];
};

/** As text, since an object can have no member twice. */
function write({ name, members }: OddContent): string {
  const names = Object.keys(BODIES[name]!);
  const own = Object.entries(BODIES[name]!).map(
    ([member, value]) => `${JSON.stringify(member)}:${JSON.stringify(value)}`,
  );
  const odd = members.map(({ kind, at, builtIn, value }) => {
    const member = kind === 'own' ? names[at % names.length]! : builtIn;
    return `${JSON.stringify(member)}:${JSON.stringify(value)}`;
  });
  return `{${[...own, ...odd].join(',')}}`;
}

export const oddContents: Attack<OddContent> = {
  what: fc.record({
    name: action,
    members: fc.array(fc.record({ kind: oddMember, at: fc.nat(9), builtIn: builtInName, value: oddValue }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  show: (content) => `${content.name} ${write(content)}`,
  async run(target, content) {
    const text = write(content);
    // The others need it.
    if (content.name.startsWith('Delete') && text.includes(':fixture')) return;
    await target.send(actionRequest(content.name, text));
  },
};
