import type { Notes } from '../../ports/notes';
import type { Database } from './database';

const KIND = 'NOTE';

export class StoredNotes implements Notes {
  constructor(private readonly database: Database) {}

  async read(name: string): Promise<string | undefined> {
    const item = await this.database.get('registry', { kind: KIND, name });
    return item && String(item.text);
  }

  async write(name: string, text: string): Promise<void> {
    await this.database.put('registry', { kind: KIND, name, text });
  }
}
