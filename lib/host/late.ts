/** A time that may be cut short: who races work against it forgets it when the work was first. */
export interface Late {
  promise: Promise<'late'>;
  cancel(): void;
}

export function after(ms: number): Late {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
