import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Interference, startDynamoDb } from "../testing/dynamodb-endpoint.ts";
import { alice, claim, receipt } from "../testing/store-contract.ts";
import { DynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";

// Replies that no emulator gives, written after AWS's API Reference (TransactWriteItems, Common Errors), and replies that are
// lost. What goes through is answered by dynalite and by our fake of TransactWriteItems.

let endpoint: Awaited<ReturnType<typeof startDynamoDb>>;
beforeAll(async () => {
  endpoint = await startDynamoDb();
});
beforeEach(() => void endpoint.sent.splice(0));
afterAll(() => endpoint[Symbol.asyncDispose]());

const put = { put: "accounts", row: alice } as const;
const writes = [put, { put: "receipts", row: receipt, when: "absent" }] as const;

describe("a transaction", () => {
  test.each(["request lost", "reply lost"] as const)(
    "whose %s is asked again with its token, and done once",
    async (lost) => {
      await using store = await open();
      await store.transact([put]);
      endpoint.sent.splice(0);
      endpoint.interfere(lost);
      const take = { add: "accounts", id: "alice", amount: -30 } as const;
      expect(await store.transact([take, writes[1]])).toEqual({ done: true });
      expect(operations()).toEqual(["TransactWriteItems", "TransactWriteItems"]);
      expect(tokens()[0]).toBe(tokens()[1]);
      expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: 70 });
    },
  );

  test("that is at work already under its token is asked after with the same", async () => {
    await using store = await open();
    endpoint.interfere("request lost", problem("TransactionInProgressException"));
    expect(await store.transact(writes)).toEqual({ done: true });
    expect(new Set(tokens())).toHaveLength(1);
    expect(operations()).toHaveLength(3);
  });

  test.each(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])(
    "cancelled for %s is asked again, as a new one",
    async (code) => {
      await using store = await open();
      endpoint.interfere(cancelled("None", code));
      expect(await store.transact(writes)).toEqual({ done: true });
      expect(operations()).toHaveLength(2);
      expect(tokens()[0]).not.toBe(tokens()[1]);
    },
  );

  test("keeps its token through a conflict when an attempt before may have been done", async () => {
    await using store = await open();
    endpoint.interfere("reply lost", cancelled("TransactionConflict", "None"));
    expect(await store.transact(writes)).toEqual({ done: true });
    expect(new Set(tokens())).toHaveLength(1);
  });

  test("refused is told by the position of the first condition that did not hold", async () => {
    await using store = await open();
    endpoint.interfere(cancelled("None", "ConditionalCheckFailed", "ConditionalCheckFailed"));
    expect(await store.transact(writes)).toEqual({ done: false, refused: 1 });
    expect(operations()).toHaveLength(1);
  });

  test("refused beside a conflict is asked again: the first condition was not looked at", async () => {
    await using store = await open();
    endpoint.interfere(cancelled("TransactionConflict", "ConditionalCheckFailed"));
    endpoint.interfere(cancelled("ConditionalCheckFailed", "ConditionalCheckFailed"));
    expect(await store.transact(writes)).toEqual({ done: false, refused: 0 });
  });

  test("in conflict for ever ends after its attempts with STORE_UNAVAILABLE, and says it was not done", async () => {
    await using store = await open({ attempts: 3 });
    endpoint.interfere(...Array.from({ length: 3 }, () => cancelled("TransactionConflict", "None")));
    await expect(store.transact(writes)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Expected DynamoDB to do it, got .* in attempt 3/) as string,
      cause: { name: "TransactionCanceledException" },
    });
    expect(operations()).toHaveLength(3);
  });

  test("that DynamoDB will never take throws ARGUMENT_INVALID at once", async () => {
    await using store = await open();
    endpoint.interfere(cancelled("None", "ValidationError"));
    await expect(store.transact(writes)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    endpoint.interfere(problem("ValidationException"));
    await expect(store.transact(writes)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    expect(operations()).toHaveLength(2);
  });
});

describe("one write", () => {
  test.each([
    "request lost",
    "reply lost",
    { status: 500, body: { __type: "InternalServerError" } },
  ] as const)("is not asked again after %j: nobody knows whether it was done", async (fault) => {
    await using store = await open();
    endpoint.interfere(fault);
    await expect(store.transact([put])).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("it may have been done") as string,
    });
    expect(operations()).toEqual(["PutItem"]);
    expect((await store.get("accounts", "alice"))?.balance).toBe(fault === "reply lost" ? 100 : undefined);
  });

  test.each([
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "TransactionConflictException",
    "ReplicatedWriteConflictException",
  ])("is asked again after %s", async (name) => {
    await using store = await open();
    endpoint.interfere(problem(name), problem(name));
    expect(await store.transact([put])).toEqual({ done: true });
    expect(operations()).toEqual(["PutItem", "PutItem", "PutItem"]);
  });

  test.each(["ResourceNotFoundException", "AccessDeniedException", "ExpiredTokenException"])(
    "is not asked again after %s: it would not help",
    async (name) => {
      await using store = await open();
      endpoint.interfere(problem(name));
      await expect(store.transact([put])).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        cause: { name },
      });
      expect(operations()).toHaveLength(1);
    },
  );
});

test("a row's Time to Live is never before it expires: parts of a second count as one", async () => {
  await using store = await open();
  await store.transact([{ put: "keys", row: { ...claim, expiresAt: 1_800_000_000_001 } }]);
  expect(endpoint.sent[0]?.body).toMatchObject({ Item: { ttl: { N: "1800000001" } } });
});

test("a store asks once where its client's own retries would ask again, and not know that they may not", async () => {
  // what the SDK takes before maxAttempts
  const retryStrategy = {
    acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
    refreshRetryTokenForRetry: async ({ getRetryCount }: { getRetryCount: () => number }) => {
      if (getRetryCount() === 2) throw new Error("Asked three times");
      return { getRetryCount: () => getRetryCount() + 1, getRetryDelay: () => 0 };
    },
    recordSuccess: () => {},
  };
  await using store = await open({ client: { ...endpoint.config, retryStrategy } });
  endpoint.interfere("reply lost");
  const take = { ...put, when: "absent" } as const;
  await expect(store.transact([take])).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  expect(operations()).toHaveLength(1);
});

test.each(["get", "transact"] as const)("close lets a %s under way throw STORE_UNAVAILABLE", async (call) => {
  await using store = await open();
  endpoint.interfere("silence");
  const outcome = call === "get" ? store.get("keys", "k1") : store.transact(writes);
  const closing = vi.waitFor(() => expect(endpoint.sent).toHaveLength(1)).then(() => store.close());
  await expect(outcome).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await closing;
  expect(endpoint.sent).toHaveLength(1);
});

describe("a read", () => {
  test("is of what was committed last, and asked again whatever became of it", async () => {
    await using store = await open();
    endpoint.interfere("request lost", "reply lost", problem("ThrottlingException"));
    expect(await store.get("keys", "k1")).toBeUndefined();
    expect(operations()).toEqual(["GetItem", "GetItem", "GetItem", "GetItem"]);
    expect(endpoint.sent[0]?.body).toMatchObject({ ConsistentRead: true, Key: { pk: { S: "keys#k1" } } });
  });

  test("without any answer throws STORE_UNAVAILABLE when its time is over", async () => {
    await using store = await open({ timeout: 2000 });
    endpoint.interfere("silence");
    await expect(store.get("keys", "k1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(operations()).toHaveLength(1);
  });
});

test.each([{ table: "" }, { table: "a b c" }, { timeout: 0 }, { timeout: 60_001 }, { attempts: 0 }])(
  "a store with %o throws ARGUMENT_INVALID",
  (wrong) => {
    const make = () => new DynamoDbStore({ table: "payments", client: endpoint.config, ...wrong });
    expect(make).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error);
  },
);

function operations(): string[] {
  return endpoint.sent.map(({ operation }) => operation);
}

function tokens(): unknown[] {
  return endpoint.sent.map(({ body }) => body["ClientRequestToken"]);
}

function problem(name: string): Interference {
  return {
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "as AWS says it" },
  };
}

function cancelled(...codes: string[]): Interference {
  return {
    status: 400,
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
      CancellationReasons: codes.map((Code) =>
        Code === "None" ? { Code } : { Code, Message: "as AWS says it" },
      ),
    },
  };
}

async function open(options: Partial<DynamoDbStoreOptions> = {}): Promise<DynamoDbStore> {
  const table = options.table ?? (await endpoint.newTable());
  // no chance: the waits between attempts are 0
  return new DynamoDbStore({ client: endpoint.config, random: () => 0, timeout: 60_000, ...options, table });
}
