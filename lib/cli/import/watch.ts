import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Editors and `cdk synth` write several files, and some of them twice. */
const QUIET_MS = 300;

/**
 * Resolves when one of the files has changed since then and nothing more changes for a moment, or when the signal is aborted.
 * Folders are watched, since many tools replace a file by another of its name; a folder is watched as a whole.
 */
export function changeOf(
  files: readonly string[],
  folders: readonly string[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(files.map((file) => resolve(file)));
  const whole = new Set(folders.map((folder) => resolve(folder)));
  return new Promise((changed) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers: FSWatcher[] = [];
    const end = () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      signal.removeEventListener('abort', end);
      changed();
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) return end();
    for (const folder of new Set([...[...wanted].map(dirname), ...whole])) {
      const hear = (_: string, name: string | null) => {
        if (name !== null && !whole.has(folder) && !wanted.has(resolve(folder, name))) return;
        clearTimeout(timer);
        timer = setTimeout(end, QUIET_MS);
      };
      try {
        watchers.push(watch(folder, hear).on('error', () => {}));
      } catch {
        // It is gone; what is above it is watched if anything of it was read.
      }
    }
    const changedMs = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if ([...wanted].some((file) => changedMs(file) >= sinceMs)) timer = setTimeout(end, QUIET_MS);
  });
}
