import { type ParsedJson, parseInPieces, parseJson } from './json';
import { PIECE_CHARACTERS, withPauses } from './pieces';

/** Reads one document: a short one at once, a long one with pauses. Rejects with JsonSyntaxError. */
export const readJson = async (text: string, giveWay: () => Promise<void>): Promise<ParsedJson> =>
  text.length > PIECE_CHARACTERS ? withPauses(parseInPieces(text), giveWay) : parseJson(text);
