import type { ParsedJson } from '../asl/json';
import { type Pieces, withPauses } from '../asl/pieces';
import { readJson } from '../asl/read-json';
import type { Clock } from '../ports/clock';

/** Does work that may take long; others have their turn between its pieces. */
export const patiently = <T>(clock: Clock, work: Pieces<T>): Promise<T> => withPauses(work, () => clock.sleep(0));

/** Reads a JSON document of any size. Rejects with JsonSyntaxError. */
export const readPatiently = (clock: Clock, text: string): Promise<ParsedJson> => readJson(text, () => clock.sleep(0));
