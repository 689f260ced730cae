import { invalid, refusal, refusalOf, uniqueName, violation } from './service';

/** White space, brackets, wildcards, the characters that ARNs and shells use, control characters, and no characters. */
const FORBIDDEN = [
  ...' \t\n\r\u00a0\u2003\u2028\u3000',
  ...'<>{}[]?*"#%\\^|~`$&,;:/',
  ...'\u0000\u0001\u001f\u007f\u0080\u009f\ufffe\uffff',
  // Surrogates: the two of a character beyond U+FFFF, and one alone.
  '\u{1f4a1}',
  '\ud800',
];
const ALLOWED = ['.', '-', '_', '!', '(', ')', '+', '=', '@', "'", 'Ä', 'ß', '名', '\u00ad', '\u200b', '\ufeff', '0'];

const codeOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
const named = (characters: string[]) => characters.map((character) => [codeOf(character), character] as const);

/** What every action that gives something its name says to it. */
export function describeName(send: (name: string | undefined) => Promise<unknown>, isRequired: boolean): void {
  describe('name', () => {
    if (isRequired) {
      test('is required', async () => {
        expect(await refusalOf(send(undefined))).toEqual(invalid(violation('name', 'not be null', null)));
      });
    }

    test('has 1 to 80 characters', async () => {
      const longest = uniqueName('n').padEnd(80, 'x');
      await send(longest);
      expect(await refusalOf(send(`${longest}x`))).toEqual(
        invalid(violation('name', 'have length less than or equal to 80', `${longest}x`)),
      );
      expect(await refusalOf(send(''))).toEqual(
        invalid(violation('name', 'have length greater than or equal to 1', '')),
      );
    });

    test.each(named(FORBIDDEN))('must not contain %s: InvalidName', async (_, character) => {
      for (const name of [character, `a${character}`, `${character}b`, `a${character}b`]) {
        expect(await refusalOf(send(name))).toEqual(refusal('InvalidName', `Invalid Name: '${name}'`));
      }
    });

    test.each(named(ALLOWED))('may contain %s', async (_, character) => {
      await send(`${character}${uniqueName('n')}${character}`);
    });

    test('its length is looked at before its characters', async () => {
      const name = ' '.repeat(81);
      expect(await refusalOf(send(name))).toEqual(
        invalid(violation('name', 'have length less than or equal to 80', name)),
      );
    });
  });
}
