/** Texts that a process leaves for whoever does the same work next: how far it came. The last one written counts. */
export interface Notes {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}
