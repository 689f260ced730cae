/** The entries that were used last, as many as fit. */
export class Recent<V> {
  private readonly entries = new Map<string, { value: V; size: number }>();
  private size = 0;

  constructor(private readonly sizeMax: number) {}

  get(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** An entry that is set again becomes the youngest. */
  set(key: string, value: V, size: number): void {
    this.delete(key);
    this.entries.set(key, { value, size });
    this.size += size;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.sizeMax) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.size -= this.entries.get(key)?.size ?? 0;
    this.entries.delete(key);
  }
}
