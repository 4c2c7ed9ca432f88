import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PaymentHandler } from "../payment-handler.ts";
import { type Interference, startDynamoDb } from "../testing/dynamodb-endpoint.ts";
import { alice, claim } from "../testing/store-contract.ts";
import { DynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";

// What the SDK sends for one payment, and what becomes of it when replies are lost.

let endpoint: Awaited<ReturnType<typeof startDynamoDb>>;
beforeAll(async () => {
  endpoint = await startDynamoDb();
});
beforeEach(() => void endpoint.sent.splice(0));
afterAll(() => endpoint[Symbol.asyncDispose]());

const put = { put: "accounts", row: alice } as const;

describe("a payment", () => {
  test("is one TransactWriteItems with key, receipt and balance, after a claim if absent", async () => {
    const table = await endpoint.newTable();
    await using store = await open({ table });
    await store.transact([put]);
    endpoint.sent.splice(0);
    const payments = new PaymentHandler({ store, now: () => 1_800_000_000_000 });
    await payments.handle({ key: "k1", account: "alice", amount: 30 });
    const [first, second, ...more] = endpoint.sent;
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      operation: "PutItem",
      body: {
        TableName: table,
        Item: {
          pk: { S: "keys#k1" },
          state: { S: "in flight" },
          status: { NULL: true },
          ttl: { N: "1800086400" },
        },
        ConditionExpression: "attribute_not_exists(#pk)",
        ExpressionAttributeNames: { "#pk": "pk" },
      },
    });
    expect(second).toMatchObject({
      operation: "TransactWriteItems",
      body: {
        ClientRequestToken: expect.stringMatching(/^[\da-f-]{36}$/) as string,
        TransactItems: [
          {
            Put: {
              TableName: table,
              Item: { pk: { S: "keys#k1" }, state: { S: "done" }, status: { N: "201" } },
              ConditionExpression: "attribute_exists(#pk) AND #owner = :owner AND #state = :state",
              ExpressionAttributeValues: { ":state": { S: "in flight" } },
            },
          },
          {
            Put: {
              Item: { pk: { S: "receipts#k1" }, amount: { N: "30" } },
              ConditionExpression: "attribute_not_exists(#pk)",
            },
          },
          {
            Update: {
              Key: { pk: { S: "accounts#alice" } },
              UpdateExpression: "SET #balance = #balance + :amount",
              ExpressionAttributeValues: {
                ":amount": { N: "-30" },
                ":least": { N: "30" },
                ":most": { N: "9007199254741021" },
              },
            },
          },
        ],
      },
    });
  });

  test("whose effect's reply is lost is 201, for the token finds it done", async () => {
    await using store = await open();
    await store.transact([put]);
    const payments = new PaymentHandler({ store });
    endpoint.interfere("pass", "reply lost");
    expect(await payments.handle({ key: "k1", account: "alice", amount: 30 })).toMatchObject({
      status: 201,
      replayed: false,
    });
    expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: 70 });
  });

  test("throttled for ever is 503, and nothing is taken", async () => {
    await using store = await open({ attempts: 2 });
    await store.transact([put, { put: "keys", row: { ...claim, id: "other" } }]);
    const payments = new PaymentHandler({ store });
    const throttled = problem("ThrottlingException");
    endpoint.interfere("pass", throttled, throttled);
    expect(await payments.handle({ key: "k1", account: "alice", amount: 30 })).toMatchObject({ status: 503 });
    expect(await store.get("accounts", "alice")).toEqual(alice);
    // released, so the retry need not wait for the lease
    expect(await payments.handle({ key: "k1", account: "alice", amount: 30 })).toMatchObject({ status: 201 });
  });
});

function problem(name: string): Interference {
  return {
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "as AWS says it" },
  };
}

async function open(options: Partial<DynamoDbStoreOptions> = {}): Promise<DynamoDbStore> {
  const table = options.table ?? (await endpoint.newTable());
  // no chance: the waits between attempts are 0
  return new DynamoDbStore({ client: endpoint.config, random: () => 0, timeout: 60_000, ...options, table });
}
