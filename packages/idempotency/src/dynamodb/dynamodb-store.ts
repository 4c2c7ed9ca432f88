import {
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { NetError } from "@tcpip-workshop/core/net-error";
import { checkWrites } from "../check-writes.ts";
import type { Gate, Store, TableName, Tables, TransactResult, Write } from "../store.ts";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";
import { type Answer, ask, type Patience, type Question } from "./ask.ts";
import { primaryKey, rowOf } from "./items.ts";
import { requestOf } from "./requests.ts";

export interface DynamoDbStoreOptions {
  /** A table with one key, the string `pk`, and Time to Live on the attribute `ttl`. */
  readonly table: string;
  /** Region, credentials, endpoint. Its own retries are not used: what may be asked again only this store knows. */
  readonly client?: DynamoDBClientConfig;
  readonly gate?: Gate;
  /** How long one operation may take, all attempts together, in ms. Default 5000, at most 60,000. */
  readonly timeout?: number;
  /** How often one operation is asked at most, when throttled or in conflict with another. Default 8. */
  readonly attempts?: number;
  /** For the jitter between attempts: from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * A store in one table of DynamoDB. Several writes are one TransactWriteItems under a ClientRequestToken: asked again after
 * its reply was lost, it is done once all the same (AWS: for 10 minutes; `timeout` ends before). One write is a PutItem,
 * UpdateItem or DeleteItem, at half the price, without such a token: it is asked again only when it surely was not done.
 */
export class DynamoDbStore implements Store {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #gate: Gate;
  readonly #patience: Patience;
  #closed = false;

  /** Connects with the first call. Throws `ARGUMENT_INVALID`. */
  constructor(options: DynamoDbStoreOptions) {
    if (!/^[\w.-]{3,255}$/.test(options.table)) {
      throw new NetError("ARGUMENT_INVALID", `Expected the name of a table, got "${options.table}"`);
    }
    this.#table = options.table;
    this.#gate = options.gate ?? (async () => {});
    this.#patience = {
      timeout: wholeNumber("timeout", options.timeout ?? 5000, 1, 60_000),
      attempts: wholeNumber("attempts", options.attempts ?? 8, 1, 100),
      random: options.random ?? Math.random,
    };
    const config = { ...options.client, maxAttempts: 1 };
    delete config.retryStrategy; // which the SDK would take before maxAttempts
    this.#client = new DynamoDBClient(config);
  }

  /** Reads what was committed last (`ConsistentRead`). Throws `STORE_UNAVAILABLE`, `ARGUMENT_INVALID`, `CLOSED`. */
  async get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined> {
    await this.#gate("before get");
    const input = { TableName: this.#table, Key: primaryKey(table, id), ConsistentRead: true };
    const read = await this.#ask({
      repeatable: true,
      send: (abortSignal) => this.#client.send(new GetItemCommand(input), { abortSignal }),
    });
    await this.#gate("after get");
    const item = "answer" in read ? read.answer.Item : undefined;
    return item && (rowOf(item) as Tables[T]);
  }

  /** Throws `ARGUMENT_INVALID`, `STORE_UNAVAILABLE`, `CLOSED`. */
  async transact(writes: readonly Write[]): Promise<TransactResult> {
    checkWrites(writes);
    const [first, ...rest] = writes.map((write) => requestOf(this.#table, write));
    await this.#gate("before transact");
    const answer = await this.#ask(
      first && rest.length === 0 ? this.#single(first) : this.#transaction([first!, ...rest]),
    );
    await this.#gate("after transact");
    return "refused" in answer ? { done: false, refused: answer.refused } : { done: true };
  }

  /** Ends the connections; calls under way throw `STORE_UNAVAILABLE`, later ones `CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#client.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask<T>({ repeatable, send }: Question<T>): Promise<Answer<T>> {
    return ask(this.#patience, {
      repeatable,
      send: (signal, token) => {
        if (this.#closed) {
          throw new NetError("CLOSED", "Expected the store to be open, got a call after close");
        }
        return send(signal, token);
      },
    });
  }

  #single({ Put, Update, Delete }: TransactWriteItem): Question<unknown> {
    const client = this.#client;
    return {
      repeatable: false,
      send: (abortSignal) => {
        if (Put) {
          return client.send(new PutItemCommand(Put), { abortSignal });
        }
        return Update
          ? client.send(new UpdateItemCommand(Update), { abortSignal })
          : client.send(new DeleteItemCommand(Delete!), { abortSignal });
      },
    };
  }

  #transaction(TransactItems: TransactWriteItem[]): Question<unknown> {
    return {
      repeatable: true,
      send: (abortSignal, ClientRequestToken) =>
        this.#client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }), {
          abortSignal,
        }),
    };
  }
}
