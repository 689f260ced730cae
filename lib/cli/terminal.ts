/** Where a command prints. */
export interface Terminal {
  /** Results, to standard output. */
  print(text: string): void;
  /** What goes on, to standard error. */
  report(text: string): void;
  /** Whether what goes on may be coloured. */
  isColoured: boolean;
}

/** The terminal of this process. A reader that goes away early, as `head` does, misses the rest; nothing else changes. */
export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  return {
    print: (text) => void stdout.write(`${text}\n`),
    report: (text) => void stderr.write(`${text}\n`),
    isColoured: stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  };
}

/** Resolves once everything printed has been handed over. */
export async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}
