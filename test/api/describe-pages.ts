import { invalid, refusal, refusalOf, violation } from './service';

type ReadPage = (page: { maxResults?: number; nextToken?: string }) => Promise<{ count: number; nextToken?: string }>;

/** What every action that answers in pages says to maxResults and nextToken. Paging itself is in paging.test.ts. */
export function describePages(open: () => Promise<ReadPage>, tokenMax = 1_024): void {
  describe('pages', () => {
    let read: ReadPage;
    beforeAll(async () => {
      read = await open();
    });

    test.each([0, 1, 2, 100, 1_000])('maxResults may be %i', async (maxResults) => {
      const { count } = await read({ maxResults });
      expect(count).toBeLessThanOrEqual(maxResults || 100);
    });

    test('maxResults is 0 to 1,000', async () => {
      expect(await refusalOf(read({ maxResults: -1 }))).toEqual(
        invalid(violation('maxResults', 'have value greater than or equal to 0', -1)),
      );
      expect(await refusalOf(read({ maxResults: 1_001 }))).toEqual(
        invalid(violation('maxResults', 'have value less than or equal to 1000', 1_001)),
      );
    });

    test(`nextToken has 1 to ${tokenMax} characters`, async () => {
      const long = 'x'.repeat(tokenMax + 1);
      expect(await refusalOf(read({ nextToken: '' }))).toEqual(
        invalid(violation('nextToken', 'have length greater than or equal to 1', '')),
      );
      expect(await refusalOf(read({ nextToken: long }))).toEqual(
        invalid(violation('nextToken', `have length less than or equal to ${tokenMax}`, long)),
      );
    });

    test.each(['x', 'AAAA', 'ü', 'x'.repeat(1_024), '../../etc/passwd', '{"id":1}'])(
      'a token that was never given (%#): InvalidToken',
      async (nextToken) => {
        expect(await refusalOf(read({ nextToken }))).toEqual(refusal('InvalidToken', "Invalid Token: 'Invalid token'"));
      },
    );
  });
}
