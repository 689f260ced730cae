import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that is gone when the tests of this file have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stepwell-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
