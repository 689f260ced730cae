import { describeKills } from './describe-kills';
import { describeSmoke } from './describe-smoke';
import { missingRuntimeClient } from './execution-environment';
import { type Physical, TemplateValues } from './template-values';

/**
 * The stack as it is synthesized, on this machine. Needs Java (test/backends), the build, and AWS's runtime client:
 *   node test/harness/fetch-runtime-client.mjs
 *   STEPWELL_BACKENDS=1 npx jest test/harness
 */
describe('values of a template', () => {
  const queue: Physical = { ref: 'http://queue', attributes: { Arn: 'arn:queue' } };
  const values = new TemplateValues(
    async (logicalId) => {
      if (logicalId !== 'Queue') throw new Error(`no ${logicalId}`);
      return queue;
    },
    { 'AWS::Region': 'us-east-1' },
  );

  test.each<[string, unknown, unknown]>([
    ['a plain value', { a: [1, 'b'] }, { a: [1, 'b'] }],
    ['Ref', { Ref: 'Queue' }, 'http://queue'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['a member without a value', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['Join', { 'Fn::Join': [':', ['a', { Ref: 'AWS::Region' }]] }, 'a:us-east-1'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's
    ['Sub', { 'Fn::Sub': ['${Queue.Arn}/${AWS::Region}/${x}/${!y}', { x: 1 }] }, 'arn:queue/us-east-1/1/${y}'],
    ['Select and Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b'] }] }, 'b'],
  ])('%s', async (_, value, expected) => {
    expect(await values.resolve(value)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['a resource that is not there', { Ref: 'Other' }, 'no Other'],
    ['an attribute that is not there', { 'Fn::GetAtt': ['Queue', 'Url'] }, 'the harness does not know Url of Queue'],
    ['another function', { 'Fn::ImportValue': 'x' }, 'the harness does not know Fn::ImportValue'],
  ])('%s is an error', async (_, value, message) => {
    await expect(values.resolve(value)).rejects.toThrow(message);
  });
});

if (process.env.STEPWELL_BACKENDS) {
  test('the runtime client is there', () => expect(missingRuntimeClient()).toBeUndefined());
  describe('smoke', describeSmoke);
  describe('kills', describeKills);
}
