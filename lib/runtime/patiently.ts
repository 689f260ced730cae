import { type ParsedJson, parseInPieces, parseJson } from '../asl/json';
import { PIECE_CHARACTERS, type Pieces, withPauses } from '../asl/pieces';
import type { Clock } from '../ports/clock';

/** Does work that may take long; others have their turn between its pieces. */
export const patiently = <T>(clock: Clock, work: Pieces<T>): Promise<T> => withPauses(work, () => clock.sleep(0));

/** Reads a JSON document of any size. Rejects with JsonSyntaxError. */
export const readPatiently = async (clock: Clock, text: string): Promise<ParsedJson> =>
  text.length > PIECE_CHARACTERS ? patiently(clock, parseInPieces(text)) : parseJson(text);
