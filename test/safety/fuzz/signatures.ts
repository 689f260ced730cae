import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { Sha256 } from '../../../lib/adapters/lambda/sha256';
import { REGION } from '../wire';
import type { Attack } from './attack';
import { CONTENT_TYPE } from './connections';
import { Offence } from './target';

/** Requests to a server that checks signatures, signed rightly and then spoilt. */

export const KEY = { accessKeyId: 'AKIAFUZZFUZZFUZZFUZZ', secretAccessKey: 'a secret of the fuzz test' };

interface Signed {
  method: 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The right signature, of a signer that is not ours. */
async function sign(
  inQuery: boolean,
  settings: { secret?: string; key?: string; service?: string; region?: string; at?: Date },
) {
  const signer = new SignatureV4({
    service: settings.service ?? 'states',
    region: settings.region ?? REGION,
    credentials: {
      accessKeyId: settings.key ?? KEY.accessKeyId,
      secretAccessKey: settings.secret ?? KEY.secretAccessKey,
    },
    sha256: Sha256,
  });
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/',
    query: {},
    headers: { host: 'fuzz.test', 'content-type': CONTENT_TYPE, 'x-amz-target': 'AWSStepFunctions.ListActivities' },
    body: '{}',
  };
  const signingDate = settings.at ?? new Date();
  const signed = inQuery
    ? await signer.presign(request, { signingDate, expiresIn: 300, unhoistableHeaders: new Set(['x-amz-target']) })
    : await signer.sign(request, { signingDate });
  const query = new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll('+', '%20');
  return { method: 'POST', path: query ? `/?${query}` : '/', headers: { ...signed.headers }, body: '{}' } as Signed;
}

/** Puts another text where the signature's parts stand, in either form; `$<kept>` is the pattern's first group. */
function replace(signed: Signed, pattern: RegExp, by: string): void {
  const written = by.replaceAll('$', '$$$$').replaceAll('$$<kept>', '$1');
  const { headers } = signed;
  if (headers.authorization !== undefined) headers.authorization = headers.authorization.replace(pattern, written);
  else signed.path = signed.path.replace(pattern, written);
}

type Spoil = (signed: Signed, odd: string) => Signed | Promise<Signed> | undefined;

const changed =
  (change: (signed: Signed, odd: string) => void): Spoil =>
  (signed, odd) => {
    change(signed, odd);
    return signed;
  };

const MINUTE_MS = 60_000;
const isQuery = ({ path }: Signed) => path !== '/';

/** None of these may be let in. */
const SPOILS: Record<string, Spoil> = {
  'no signature': changed((signed) => {
    signed.path = '/';
    delete signed.headers.authorization;
  }),
  'another signature': changed((signed) => replace(signed, /(Signature=)[0-9a-f]{8}/, '$<kept>deadbeef')),
  'a signature cut short': changed((signed) => replace(signed, /(Signature=[0-9a-f]{60})[0-9a-f]{4}/, '$<kept>')),
  'a signature in capitals': changed((signed) =>
    replace(
      signed,
      /Signature=[0-9a-f]{64}/,
      'Signature=ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD',
    ),
  ),
  'an odd signature': changed((signed, odd) => replace(signed, /Signature=[0-9a-f]{64}/, `Signature=${odd}`)),
  'another body': changed((signed) => {
    signed.body = '{ }';
    // A presigned request of this signer leaves the body out.
    if (isQuery(signed)) signed.headers['x-amz-target'] = 'AWSStepFunctions.ListStateMachines';
  }),
  'another host': changed((signed) => {
    signed.headers.host = 'elsewhere.test';
  }),
  'another date': changed((signed) => {
    if (isQuery(signed)) replace(signed, /X-Amz-Date=\w+/, 'X-Amz-Date=20200101T000000Z');
    else signed.headers['x-amz-date'] = '20200101T000000Z';
  }),
  'an odd date': changed((signed, odd) => {
    if (isQuery(signed)) replace(signed, /X-Amz-Date=\w+/, `X-Amz-Date=${odd}`);
    else signed.headers['x-amz-date'] = odd;
  }),
  'an odd key': changed((signed, odd) => replace(signed, new RegExp(KEY.accessKeyId), odd)),
  'an odd scope': changed((signed, odd) => replace(signed, /states/, odd)),
  'an odd credential': changed((signed, odd) => replace(signed, /Credential=[^,&]*/, `Credential=${odd}`)),
  'odd signed headers': changed((signed, odd) => replace(signed, /SignedHeaders=[^,&]*/, `SignedHeaders=host;${odd}`)),
  'headers that every object has': changed((signed) =>
    replace(signed, /SignedHeaders=[^,&]*/, 'SignedHeaders=__proto__;constructor;host;tostring'),
  ),
  'a header that comes as a list': changed((signed) => {
    signed.headers['set-cookie'] = 'a=b';
    replace(signed, /SignedHeaders=[^,&]*/, 'SignedHeaders=host;set-cookie');
  }),
  'many signed headers': changed((signed) =>
    replace(signed, /SignedHeaders=[^,&]*/, `SignedHeaders=host${';x'.repeat(5000)}`),
  ),
  'both forms': changed((signed) => {
    if (isQuery(signed))
      signed.headers.authorization = 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=x';
    else signed.path = '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=x';
  }),
  'a bad escape': changed((signed) => {
    signed.path = `${signed.path}${isQuery(signed) ? '&' : '?'}x=%zz`;
  }),
  'another secret': (signed) => sign(isQuery(signed), { secret: 'another' }),
  'another service': (signed) => sign(isQuery(signed), { service: 'lambda' }),
  'another region': (signed) => sign(isQuery(signed), { region: 'eu-west-1' }),
  'an unknown key': (signed) => sign(isQuery(signed), { key: 'AKIAUNKNOWN' }),
  'long ago': (signed) => sign(isQuery(signed), { at: new Date(Date.now() - 20 * MINUTE_MS) }),
  'in the future': (signed) => sign(isQuery(signed), { at: new Date(Date.now() + 20 * MINUTE_MS) }),
};

const oddPart = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '////',
    '//////////',
    'a=b',
    ',',
    ',,,',
    '=',
    '__proto__',
    'constructor',
    '%',
    '%25',
    '\u00ff',
    ';',
  ),
  fc.stringMatching(/^[\x21-\x7e]{0,40}$/),
  fc.constantFrom('A'.repeat(3000), '/'.repeat(3000), ','.repeat(3000)),
);

export const brokenSignatures: Attack<[boolean, string, string]> = {
  what: fc.tuple(fc.boolean(), fc.constantFrom(...Object.keys(SPOILS)), oddPart),
  show: ([inQuery, spoil, odd]) =>
    JSON.stringify({ form: inQuery ? 'query' : 'header', spoil, odd: odd.slice(0, 200) }),
  async run(target, [inQuery, spoil, odd]) {
    // Paths cannot hold everything that headers can.
    const signed = await SPOILS[spoil]!(await sign(inQuery, {}), inQuery ? encodeURIComponent(odd) : odd);
    const { status, body } = await target.send(signed!);
    if (status === 200) throw new Offence('a broken signature is taken', `${spoil} ${body.slice(0, 200)}`);
  },
};

export const goodSignatures: Attack<boolean> = {
  what: fc.boolean(),
  async run(target, inQuery) {
    const { status, body } = await target.send(await sign(inQuery, {}));
    if (status !== 200) throw new Offence('a good signature is refused', body.slice(0, 300));
  },
};
