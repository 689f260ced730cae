import fc from 'fast-check';

/** Texts that break things which take texts. */

const CHARACTERS = [
  '\u0000',
  '\u0001',
  '\u001f',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u00ad',
  '\u0300',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  '\ue000',
  '\ufeff',
  '\ufffd',
  '\ufffe',
  '\uffff',
  '𝒳',
  '👩‍👩‍👧',
  'İ',
  'ß',
  'ﬀ',
  '\\',
  '"',
  "'",
  '`',
  '$',
  '%00',
  '{',
  '}',
  '<',
  '>',
  '\r\n',
  '\t',
  '/',
  '..',
  '#',
  '?',
  '*',
  ':',
];

export const oddText = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...CHARACTERS) }, fc.string({ maxLength: 5 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Names of what every object has in JavaScript. */
export const builtInName = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'toJSON',
  'length',
  '0',
  '-0',
  '1e3',
  '',
);

const SIZES = [79, 80, 81, 127, 128, 255, 256, 257, 1024, 1025, 2048, 2049, 3097, 32_768, 32_769, 262_144, 262_145];

/** At limits, a unit below and above them. */
const longText = fc
  .tuple(fc.constantFrom(...SIZES), fc.constantFrom('a', 'é', '\u2028', '𝒳', '\ud800', '"', '\\'))
  .map(([length, unit]) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length));

const RESOURCES = ['stateMachine', 'activity', 'execution', 'express', 'mapRun', 'alias', '__proto__', ''];

const oddArn = fc
  .tuple(
    fc.constantFrom('arn', 'ARN', '', 'urn', '\u0000arn'),
    fc.constantFrom('aws', 'aws-cn', '', '*'),
    fc.constantFrom('states', 'lambda', 'iam', ''),
    fc.constantFrom('us-east-1', 'eu-west-1', '', '..'),
    fc.constantFrom('123456789012', '000000000000', '', 'x'),
    fc.constantFrom(...RESOURCES),
    fc.oneof(builtInName, oddText, fc.constantFrom('fixture', 'fixture:fixture', ':', '::', 'a/b', 'fixture:1')),
  )
  .map((parts) => parts.join(':'));

export const anyOddText = fc.oneof(
  { weight: 3, arbitrary: oddText },
  { weight: 1, arbitrary: builtInName },
  { weight: 1, arbitrary: longText },
  { weight: 2, arbitrary: oddArn },
);
