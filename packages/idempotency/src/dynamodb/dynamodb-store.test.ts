import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Shelf } from "../testing/bank.ts";
import { startDynamoDb } from "../testing/dynamodb-endpoint.ts";
import { faultsContract } from "../testing/faults-contract.ts";
import { leasesContract } from "../testing/leases-contract.ts";
import { paymentsContract } from "../testing/payments-contract.ts";
import { alice, claim, singleWriteContract, transactContract } from "../testing/store-contract.ts";
import { DynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";

// What is real here, and what is not:
//   "on dynalite": the SDK and the emulator, nothing of ours in between. Reads, single writes, their conditions.
//   "with transactions that are faked": TransactWriteItems is ours (testing/fake-transactions.ts), its expressions dynalite's.
//   "against scripted replies": the bytes are ours, written after AWS's API Reference.
// Not tried at all: DynamoDB itself, so no real conflict, no throttling, no Time to Live that deletes, no token after 10 minutes.

let endpoint: Awaited<ReturnType<typeof startDynamoDb>>;
beforeAll(async () => {
  endpoint = await startDynamoDb();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

describe("DynamoDbStore on dynalite", () => {
  singleWriteContract(async () => open({ client: endpoint.emulatorConfig }));

  test("has no TransactWriteItems to try: the emulator says so", async () => {
    await using store = await open({ client: endpoint.emulatorConfig });
    const writes = [
      { put: "accounts", row: alice },
      { put: "keys", row: claim },
    ] as const;
    await expect(store.transact(writes)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: { name: "UnknownOperationException" },
    });
  });
});

describe("DynamoDbStore with transactions that are faked", () => {
  transactContract(async () => open());

  describe("PaymentHandler", () => {
    paymentsContract(newShelf);
    leasesContract(newShelf);
    faultsContract(newShelf);
  });
});

async function newShelf(): Promise<Shelf> {
  const table = await endpoint.newTable();
  return {
    open: async (gate) => open({ table, ...(gate && { gate }) }),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function open(options: Partial<DynamoDbStoreOptions> = {}): Promise<DynamoDbStore> {
  const table = options.table ?? (await endpoint.newTable());
  return new DynamoDbStore({ client: endpoint.config, timeout: 60_000, ...options, table });
}
