import { readFile, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { alice, claim, singleWriteContract, transactContract } from "../testing/store-contract.ts";
import { temporaryFile } from "../testing/temporary-file.ts";
import { checkSqliteVersion } from "./sqlite-version.ts";
import { SqliteStore } from "./sqlite-store.ts";

describe("SqliteStore", () => {
  singleWriteContract(openTemporary);
  transactContract(openTemporary);

  test("in memory is a store too", async () => {
    await using store = await SqliteStore.open({ file: ":memory:" });
    await store.transact([{ put: "accounts", row: alice }]);
    expect(await store.get("accounts", "alice")).toEqual(alice);
  });

  test("finds again what another wrote into the file, and closed", async () => {
    using file = temporaryFile();
    for (const balance of [1, 2]) {
      await using store = await SqliteStore.open({ file: file.path });
      expect((await store.get("accounts", "alice"))?.balance).toBe(balance === 1 ? undefined : 1);
      await store.transact([{ put: "accounts", row: { id: "alice", balance } }]);
    }
  });

  test("takes back what came before a write that SQLite refuses, and goes on", async () => {
    await using store = await SqliteStore.open({ file: ":memory:" });
    const row = { ...claim, state: "lost" as "done" };
    await expect(
      store.transact([
        { put: "accounts", row: alice },
        { put: "keys", row },
      ]),
    ).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: { message: expect.stringContaining("CHECK constraint failed") as string },
    });
    expect(await store.get("accounts", "alice")).toBeUndefined();
    expect(await store.transact([{ put: "accounts", row: alice }])).toEqual({ done: true });
  });

  test("tells the gate before and after each operation", async () => {
    const points: string[] = [];
    const gate = async (point: string) => void points.push(point);
    await using store = await SqliteStore.open({ file: ":memory:", gate });
    await store.get("keys", "k1");
    await store.transact([{ put: "keys", row: claim }]);
    expect(points).toEqual(["before get", "after get", "before transact", "after transact"]);
  });

  test("has written when the gate after it is told, and not before", async () => {
    using file = temporaryFile();
    const seen: unknown[] = [];
    await using other = await SqliteStore.open({ file: file.path });
    const gate = async () => void seen.push((await other.get("accounts", "alice"))?.balance);
    await using store = await SqliteStore.open({ file: file.path, gate });
    await store.transact([{ put: "accounts", row: alice }]);
    expect(seen).toEqual([undefined, 100]);
  });

  test("is in WAL, and marked as ours", async () => {
    using file = temporaryFile();
    await using _store = await SqliteStore.open({ file: file.path });
    using database = new DatabaseSync(file.path);
    expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    expect(database.prepare("PRAGMA application_id").get()).toMatchObject({ application_id: 0x6964656d });
  });
});

describe("a file that another has locked", () => {
  test("is waited for, and this process goes on in the meantime", async () => {
    using file = temporaryFile();
    await using store = await SqliteStore.open({ file: file.path, busyTimeout: 30_000 });
    using other = new DatabaseSync(file.path);
    other.exec("BEGIN IMMEDIATE");
    const writing = store.transact([{ put: "accounts", row: alice }]);
    // by a timer of the same event loop: a wait that blocked it would never end
    setTimeout(() => other.exec("COMMIT"), 1);
    expect(await writing).toEqual({ done: true });
  });

  test("is read all the same", async () => {
    using file = temporaryFile();
    await using store = await SqliteStore.open({ file: file.path, busyTimeout: 0 });
    using other = new DatabaseSync(file.path);
    other.exec("BEGIN IMMEDIATE; DELETE FROM keys");
    expect(await store.get("accounts", "alice")).toBeUndefined();
  });

  test("for too long throws STORE_UNAVAILABLE, and nothing is written", async () => {
    using file = temporaryFile();
    await using store = await SqliteStore.open({ file: file.path, busyTimeout: 20 });
    using other = new DatabaseSync(file.path);
    other.exec("BEGIN IMMEDIATE");
    await expect(store.transact([{ put: "accounts", row: alice }])).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: { errcode: 5 },
    });
    await expect(SqliteStore.open({ file: file.path, busyTimeout: 0 })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    other.exec("COMMIT");
    expect(await store.get("accounts", "alice")).toBeUndefined();
    expect(await store.transact([{ put: "accounts", row: alice }])).toEqual({ done: true });
  });

  test("and a store that is closed meanwhile throws CLOSED", async () => {
    using file = temporaryFile();
    await using store = await SqliteStore.open({ file: file.path, busyTimeout: 30_000 });
    using other = new DatabaseSync(file.path);
    other.exec("BEGIN IMMEDIATE");
    const writing = store.transact([{ put: "accounts", row: alice }]);
    const closing = new Promise(setImmediate).then(() => store.close());
    await expect(writing).rejects.toMatchObject({ code: "CLOSED" });
    await closing;
  });
});

describe("opening", () => {
  test("many at once set the file up once", async () => {
    using file = temporaryFile();
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => SqliteStore.open({ file: file.path, busyTimeout: 30_000 })),
    );
    for (const [index, store] of opened.entries()) {
      const when = index === 0 ? "absent" : { balance: 100 };
      expect(await store.transact([{ put: "accounts", row: alice, when }])).toEqual({ done: true });
      await store.close();
    }
  });

  test.each([
    ["another program's tables", "CREATE TABLE theirs (id)"],
    ["another program's mark", "PRAGMA application_id = 1"],
    ["a later version", "PRAGMA application_id = 0x6964656d; PRAGMA user_version = 2"],
  ])("a file with %s throws UNSUPPORTED, and leaves every byte as it was", async (_what, sql) => {
    using file = temporaryFile();
    using database = new DatabaseSync(file.path);
    database.exec(sql);
    const before = await readFile(file.path);
    await expect(SqliteStore.open({ file: file.path })).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect((await readFile(file.path)).equals(before)).toBe(true);
  });

  test("a file that is no database throws UNSUPPORTED, and leaves every byte as it was", async () => {
    using file = temporaryFile();
    const text = Buffer.from("a letter to alice\n".repeat(100));
    await writeFile(file.path, text);
    await expect(SqliteStore.open({ file: file.path })).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect((await readFile(file.path)).equals(text)).toBe(true);
  });

  test("where there is no folder throws STORE_UNAVAILABLE", async () => {
    using file = temporaryFile();
    await expect(SqliteStore.open({ file: `${file.path}/none/payments.db` })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
  });

  test.each([
    { file: "" },
    { file: ":memory:", busyTimeout: -1 },
    { file: ":memory:", busyTimeout: 0.5 },
    { file: ":memory:", synchronous: "OFF" as "NORMAL" },
  ])("with %o throws ARGUMENT_INVALID", async (options) => {
    await expect(SqliteStore.open(options)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test.each(["3.51.2", "3.50.9", "2.99.99", "", undefined])(
    "with SQLite %s throws UNSUPPORTED",
    (version) => {
      expect(() => checkSqliteVersion(version)).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED" }) as Error,
      );
    },
  );

  test.each(["3.51.3", "3.51.10", "3.53.4", "4.0.0"])("with SQLite %s is fine", (version) => {
    expect(() => checkSqliteVersion(version)).not.toThrow();
  });
});

describe("removeExpired", () => {
  test("forgets the keys whose time is over, so many at once, and no others", async () => {
    await using store = await SqliteStore.open({ file: ":memory:" });
    for (const [id, expiresAt] of [
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ] as const) {
      await store.transact([{ put: "keys", row: { ...claim, id, expiresAt } }]);
    }
    await store.transact([{ put: "keys", row: claim }]);
    expect(await store.removeExpired(20, 1)).toBe(1);
    expect(await store.removeExpired(20)).toBe(1);
    expect(await store.removeExpired(20)).toBe(0);
    expect(await store.get("keys", "c")).toBeDefined();
    expect(await store.get("keys", "k1")).toEqual(claim);
  });
});

async function openTemporary(): Promise<SqliteStore> {
  const file = temporaryFile();
  const store = await SqliteStore.open({ file: file.path });
  const dispose = store[Symbol.asyncDispose].bind(store);
  store[Symbol.asyncDispose] = async () => {
    await dispose();
    file[Symbol.dispose]();
  };
  return store;
}
