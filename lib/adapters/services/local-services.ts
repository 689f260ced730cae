import type { ServiceCall, ServiceResult, Services } from '../../ports/services';
import { serviceNameOf } from './service-name';

/** An action of a service as a plain function: it gets the task's parameters, and answers its output. */
// biome-ignore lint/suspicious/noExplicitAny: what parameters are, the service says.
export type ServiceHandler = (parameters: any) => unknown;

const SUFFIX = 'Exception';

/** Services that are functions of this process; what is not among them is called elsewhere. */
export class LocalServices implements Services {
  constructor(
    private readonly handlers: ReadonlyMap<string, ServiceHandler>,
    private readonly others: Services & { close(): void },
  ) {}

  async call(call: ServiceCall): Promise<ServiceResult> {
    const handler = this.handlers.get(call.name);
    if (!handler) return this.others.call(call);
    try {
      const output = (await handler(JSON.parse(call.parameters))) ?? {};
      return { output: JSON.stringify(output), response: { status: 200, headers: {} } };
    } catch (error) {
      const { name: code, message } = error instanceof Error ? error : new Error(String(error));
      // A whole name, as a task sees it.
      if (code.includes('.')) return { error: code, cause: message };
      const facts = { status: 400, requestId: '', isKnown: code.endsWith(SUFFIX) };
      return { refusal: { code, message, ...facts, serviceName: serviceNameOf(call.service) } };
    }
  }

  close(): void {
    this.others.close();
  }
}
