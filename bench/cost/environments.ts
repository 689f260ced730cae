import type { AwsService } from '../../lib/host/aws';

/**
 * Execution environments of one function: each handles one event at a time, and has nothing but its own memory. What
 * comes while all are busy gets a new one, or waits where no more are allowed.
 */
export class Environments {
  private readonly free: AwsService[] = [];
  private readonly waiting: ((service: AwsService) => void)[] = [];
  private readonly all: Promise<AwsService>[] = [];

  constructor(
    private readonly open: () => Promise<AwsService>,
    private readonly countMax = Number.POSITIVE_INFINITY,
  ) {}

  async use<T>(handle: (service: AwsService) => Promise<T>): Promise<T> {
    const service = await this.take();
    try {
      return await handle(service);
    } finally {
      const next = this.waiting.shift();
      if (next) next(service);
      else this.free.push(service);
    }
  }

  async close(): Promise<void> {
    for (const service of await Promise.all(this.all)) service.close();
  }

  private take(): AwsService | Promise<AwsService> {
    const service = this.free.pop();
    if (service) return service;
    if (this.all.length >= this.countMax) return new Promise((resolve) => this.waiting.push(resolve));
    const opened = this.open();
    this.all.push(opened);
    return opened;
  }
}
