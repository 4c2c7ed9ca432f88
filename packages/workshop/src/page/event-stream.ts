import type { ServerResponse } from "node:http";

export interface EventStreamOptions {
  /** Listeners at once; one more is told to come later. Default 16. */
  maxClients?: number;
  /** Bytes that may wait for a listener who does not read, before it is cut off. Default 4 MiB. */
  maxWaiting?: number;
}

/** Server-sent events (HTML §9.2): each listener hears all of the present at first, and then what changes. */
export class EventStream implements Disposable {
  readonly #clients = new Set<ServerResponse>();
  readonly #maxClients: number;
  readonly #maxWaiting: number;

  constructor({ maxClients = 16, maxWaiting = 4 * 1024 * 1024 }: EventStreamOptions = {}) {
    this.#maxClients = maxClients;
    this.#maxWaiting = maxWaiting;
  }

  /** @returns whether there is room for one more */
  get hasRoom(): boolean {
    return this.#clients.size < this.#maxClients;
  }

  /** Goes on until the listener leaves, or this is disposed. The headers are the caller's. */
  add(client: ServerResponse, present: { [event: string]: unknown }): void {
    this.#clients.add(client);
    client.on("close", () => this.#clients.delete(client));
    client.write("retry: 500\n\n");
    for (const [event, data] of Object.entries(present)) client.write(message(event, data));
  }

  send(event: string, data: unknown): void {
    const text = message(event, data);
    for (const client of this.#clients) {
      if (client.writableLength > this.#maxWaiting) client.destroy();
      else client.write(text);
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.destroy();
  }
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
