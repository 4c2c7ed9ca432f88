import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { decodeFrames, encodeFrame } from "@tcpip-workshop/core/framing";
import { SqliteStore, type SqliteStoreOptions } from "@tcpip-workshop/idempotency/sqlite";
import type { KeyRow, Store, Write } from "@tcpip-workshop/idempotency/store";

/** The payload of a frame from the client, as JSON. */
export interface PaymentRequest {
  /** The Idempotency-Key: the same for each attempt of one payment, and for no other payment. */
  key: string;
  account: string;
  /** In cents: a whole number from 1. */
  amount: number;
  /** Milliseconds that the client still waits for this reply, counted from when the request arrives. */
  remaining: number;
}

/** The payload of a frame to the client, as JSON. */
export interface PaymentReply {
  /** The request's; empty when the request had none. */
  key: string;
  /**
   * 201 charged · 400 no payment · 402 not that much in the account, or no such account · 422 this key came with another
   * account or amount before · 504 `remaining` was over before the charge, and nothing was done.
   */
  status: 201 | 400 | 402 | 422 | 504;
  /** With 201: the receipt's id, as it is in the store. */
  receipt?: string;
}

/** The longest payload that the gateway reads, in bytes. */
export const MAX_REQUEST = 4096;

export interface GatewayOptions {
  /** The store's database: keys, accounts and receipts. It lives longer than the process. */
  file: string;
  /** 0 and default: the kernel chooses. */
  port?: number;
  /** Milliseconds without a byte after which a connection without a payment under way is closed. */
  idleTimeout: number;
  /** Hand it on to `SqliteStore.open`: with it the tests hold a payment in the middle, or do without fsync. */
  store?: Omit<SqliteStoreOptions, "file">;
}

export interface Gateway {
  /** Where it listens, on 127.0.0.1. */
  port: number;
  /**
   * Accepts no more, ends idle connections, finishes the payments under way and ends theirs behind the reply. Resolves
   * when no socket is left and the store is closed: at the latest `idleTimeout` after the last reply.
   */
  drain(): Promise<void>;
}

/** Resolves when it listens. Rejects with what the store or `listen` says. */
export async function startGateway({
  file,
  port = 0,
  idleTimeout,
  store: storeOptions,
}: GatewayOptions): Promise<Gateway> {
  const store = await SqliteStore.open({ file, ...storeOptions });
  const connections = new Set<Connection>();
  // Half-open is allowed: who has sent its last request may say so, and still gets its reply.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new Connection(socket, store, idleTimeout);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async drain() {
      const closed = once(server, "close");
      server.close();
      for (const connection of connections) connection.drain();
      await closed;
      await store.close();
    },
  };
}

/** One request after the other, so whoever does not read its replies is not read from either. */
class Connection {
  readonly #socket: Socket;
  readonly #store: Store;
  #isPaying = false;
  #isDraining = false;

  constructor(socket: Socket, store: Store, idleTimeout: number) {
    this.#socket = socket;
    this.#store = store;
    // An RST ends the loop below, or a write; here it only must have a listener.
    socket.on("error", () => {});
    socket.setTimeout(idleTimeout);
    // Not as an argument of setTimeout: that one is called once, and the first time may come while we are paying.
    socket.on("timeout", () => {
      if (!this.#isPaying) socket.destroy();
    });
    this.#serve().catch(() => socket.destroy());
  }

  drain(): void {
    this.#isDraining = true;
    if (!this.#isPaying) this.#socket.end();
  }

  async #serve(): Promise<void> {
    const chunks = this.#socket.iterator({ destroyOnReturn: false });
    for await (const frame of decodeFrames(chunks, { maxFrameLength: MAX_REQUEST })) {
      // We have said goodbye: what has come since gets no reply, so it is not begun.
      if (this.#isDraining) break;
      this.#isPaying = true;
      const reply = await answer(this.#store, frame);
      this.#isPaying = false;
      await this.#write(reply);
      if (this.#isDraining) break;
    }
    this.#socket.end();
    // Somebody has to read on to the other side's FIN.
    this.#socket.resume();
  }

  /** Waits until the kernel has taken it. Rejects when the connection is lost. */
  async #write(reply: PaymentReply): Promise<void> {
    const frame = encodeFrame(new TextEncoder().encode(JSON.stringify(reply)));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.write(frame, (error) => (error ? reject(error) : resolve()));
    await promise;
  }
}

async function answer(store: Store, frame: Uint8Array): Promise<PaymentReply> {
  const arrived = performance.now();
  const request = parse(frame);
  if (typeof request === "string") return { key: request, status: 400 };
  const { key, account, amount, remaining } = request;
  const fingerprint = JSON.stringify([account, amount]);
  const known = await store.get("keys", key);
  if (known !== undefined) return replay(known, fingerprint);
  // The last moment to ask: from here on it is charged.
  if (performance.now() - arrived >= remaining) return { key, status: 504 };

  const receipt = randomUUID();
  const charged: PaymentReply = { key, status: 201, receipt };
  const result = await store.transact([
    remember(charged, fingerprint),
    { add: "accounts", id: account, amount: -amount, atLeast: 0 },
    { put: "receipts", row: { id: receipt, account, amount, key }, when: "absent" },
  ]);
  if (result.done) return charged;
  const declined: PaymentReply = { key, status: 402 };
  if (result.refused !== 0 && (await store.transact([remember(declined, fingerprint)])).done) return declined;
  // Somebody else came with the same key, and was faster.
  return replay((await store.get("keys", key)) as KeyRow, fingerprint);
}

/** A key is put where there is none, together with all that it stands for: a crash leaves both, or neither. */
function remember(reply: PaymentReply, fingerprint: string): Write {
  const { key: id, status } = reply;
  const row = {
    id,
    fingerprint,
    state: "done",
    owner: "",
    leaseUntil: 0,
    status,
    body: JSON.stringify(reply),
  } as const;
  return { put: "keys", row, when: "absent" };
}

function replay(known: KeyRow, fingerprint: string): PaymentReply {
  if (known.fingerprint !== fingerprint) return { key: known.id, status: 422 };
  return JSON.parse(known.body ?? "") as PaymentReply;
}

/** The request; or, when it is none, the key that the reply has to go with. */
function parse(frame: Uint8Array): PaymentRequest | string {
  let value: Partial<Record<keyof PaymentRequest, unknown>> | null;
  try {
    value = JSON.parse(new TextDecoder().decode(frame));
  } catch {
    return "";
  }
  const { key, account, amount, remaining } = value ?? {};
  if (typeof key !== "string" || key === "") return "";
  const isPayment = typeof account === "string" && Number.isSafeInteger(amount) && (amount as number) >= 1;
  if (!isPayment || typeof remaining !== "number") return key;
  return { key, account, amount: amount as number, remaining };
}
