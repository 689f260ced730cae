import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder whose files can be made unwritable under the process that has them open, and writable again. */
export interface Place {
  readonly folder: string;
  take(pid: number): void;
  giveBack(pid: number): void;
  remove(): void;
}

/** Why this machine cannot have such a place. */
export class NotPossible extends Error {}

/**
 * Every way that we know. A file system that is remounted read-only is not among them: Linux refuses that (EBUSY)
 * while a process has a file of it open for writing, as the server always has.
 */
export const PLACES: Record<string, () => Place> = {
  'full disk (tmpfs)': fullDisk,
  'read-only file (chattr +i)': readOnlyFile,
  'file that may not grow (prlimit --fsize)': limitedFile,
};

const DISK_BYTES = 64_000_000;

function fullDisk(): Place {
  const folder = newFolder();
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw new NotPossible(`no tmpfs can be mounted: ${reasonOf(error)}`);
  }
  const filler = join(folder, 'filler');
  return {
    folder: join(folder, 'data'),
    take: () => fill(filler),
    giveBack: () => rmSync(filler),
    remove() {
      run('umount', folder);
      rmSync(folder, { recursive: true });
    },
  };
}

/** To the last byte. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  for (let size = 1_000_000; size >= 1; ) {
    try {
      if (writeSync(descriptor, Buffer.alloc(size)) < size) size = Math.floor(size / 10);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      size = Math.floor(size / 10);
    }
  }
  closeSync(descriptor);
}

function readOnlyFile(): Place {
  const folder = newFolder();
  const change = (mode: '+i' | '-i') => {
    for (const file of readdirSync(folder)) run('chattr', mode, join(folder, file));
  };
  try {
    closeSync(openSync(join(folder, 'trial'), 'w'));
    change('+i');
    change('-i');
    rmSync(join(folder, 'trial'));
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw new NotPossible(`no file can be made immutable: ${reasonOf(error)}`);
  }
  return {
    folder,
    take: () => change('+i'),
    giveBack: () => change('-i'),
    remove() {
      change('-i');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Needs no rights: a process may lower its children's soft limit and raise it again. */
function limitedFile(): Place {
  const limit = (pid: number, soft: string) => run('prlimit', '--pid', String(pid), `--fsize=${soft}:`);
  let hard: string;
  try {
    hard = run('prlimit', '--pid', String(process.pid), '--fsize', '--output', 'HARD', '--noheadings', '--raw').trim();
  } catch (error) {
    throw new NotPossible(`no limits can be set: ${reasonOf(error)}`);
  }
  const folder = newFolder();
  return {
    folder,
    take: (pid) => void limit(pid, '0'),
    giveBack: (pid) => void limit(pid, hard),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'stepwell-disk-'));

const run = (command: string, ...words: string[]): string =>
  execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const reasonOf = (error: unknown): string =>
  String((error as Error).message)
    .trim()
    .split('\n')
    .at(-1)!;
