import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakePool, settled, type FakeConnection } from "../testing/fake-connections.ts";
import type { Lease } from "./index.ts";

const SIZE = 3;
const ACQUIRE_TIMEOUT = 100;
const IDLE_TIMEOUT = 400;

/** What callers, servers and the clock do. `pick` says to which of those that there are. */
const step = fc.record({
  act: fc.constantFrom(
    ...(["acquire", "acquire", "acquire", "release", "release", "discard", "abort", "die"] as const),
    ...(["remove", "opened", "opened", "refused", "closed", "advance", "warmUp"] as const),
  ),
  pick: fc.nat(99),
  /** Whether the next step comes in the same tick. */
  atOnce: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A caller of `acquire`, as the model knows it. */
interface Caller {
  controller: AbortController;
  deadline: number;
  /** The connection that it has to get, if that is known. */
  expected: FakeConnection | undefined;
  lease?: Lease<FakeConnection>;
  error?: unknown;
  over?: true;
}

describe("Pool against a model", () => {
  test.each([
    { name: "opens and closes at once", heldOpen: false, heldClose: false },
    { name: "opens and closes when it likes", heldOpen: true, heldClose: true },
  ])("never over the limit, no waiter lost, no lease twice: $name", async ({ heldOpen, heldClose }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const run = new Run(heldOpen, heldClose);
        for (const each of steps) await run.step(each);
        await run.finish();
      }),
      { numRuns: 400 },
    );
  });
});

/** The model beside the pool. It knows who came when, who has what, and who used what last; and nothing of how. */
class Run {
  readonly #it;
  readonly #callers: Caller[] = [];
  /** When each connection was opened or given back, and which one later than which. */
  readonly #used = new Map<FakeConnection, { at: number; turn: number }>();
  #turn = 0;
  /** Of callbacks, to be thrown where fast-check sees them. */
  readonly #failures: unknown[] = [];
  /** No promise is on its way: what `acquire` gives can be told beforehand. */
  #quiet = true;

  constructor(heldOpen: boolean, heldClose: boolean) {
    const acquireTimeout = ACQUIRE_TIMEOUT;
    const idleTimeout = IDLE_TIMEOUT;
    this.#it = fakePool({ size: SIZE, acquireTimeout, idleTimeout, closeTimeout: 50, openTimeout: 200 });
    this.#it.fakes.heldOpen = heldOpen;
    this.#it.fakes.heldClose = heldClose;
  }

  async step({ act, pick, atOnce }: Step): Promise<void> {
    this.#do(act, pick);
    this.#quiet = !atOnce;
    if (atOnce) return;
    await settled();
    this.#check();
  }

  /** All comes back and every server answers: then everybody who waited has been answered, and no place is lost. */
  async finish(): Promise<void> {
    const { pool, fakes, timers } = this.#it;
    await settled();
    fakes.heldOpen = fakes.heldClose = false;
    for (let round = 0; pool.stats.waiting + pool.stats.leased > 0; round++) {
      expect(round).toBeLessThan(200);
      for (const open of [...fakes.opens]) open.succeed();
      for (const close of [...fakes.closes]) close.succeed();
      for (const caller of this.#holders()) this.#release(caller);
      await settled();
      this.#check();
    }
    for (const { lease, error } of this.#callers) expect(lease === undefined).toBe(error !== undefined);
    for (const open of [...fakes.opens]) open.succeed();
    for (const close of [...fakes.closes]) close.succeed();
    await settled();
    const leases = await Promise.all(Array.from({ length: SIZE }, () => pool.acquire()));
    expect(new Set(leases.map(({ connection }) => connection)).size).toBe(SIZE);
    for (const lease of leases) lease.release();
    await pool.close();
    expect(pool.stats).toMatchObject({ idle: 0, leased: 0, opening: 0, closing: 0, waiting: 0 });
    expect(fakes.stillOpen).toEqual([]);
    timers.advance(ACQUIRE_TIMEOUT);
    expect(timers.waiting).toBe(0);
  }

  #do(act: Step["act"], pick: number): void {
    const { pool, fakes, timers } = this.#it;
    if (act === "acquire") this.#acquire();
    if (act === "release") choose(this.#holders(), pick, (caller) => this.#release(caller));
    if (act === "discard") choose(this.#holders(), pick, (caller) => this.#release(caller, true));
    if (act === "abort") choose(this.#waiters(), pick, ({ controller }) => controller.abort("away"));
    const open = fakes.opened.filter(({ closed }) => closed === undefined);
    if (act === "die") choose(open, pick, (connection) => void (connection.alive = false));
    if (act === "remove") choose(open, pick, (connection) => void pool.remove(connection));
    if (act === "opened") choose(fakes.opens, pick, (opening) => void opening.succeed());
    if (act === "refused") choose(fakes.opens, pick, (opening) => opening.fail(new Error("refused")));
    if (act === "closed") choose(fakes.closes, pick, (closing) => closing.succeed());
    if (act === "warmUp") void pool.warmUp(pick % (SIZE + 1)).catch(() => {});
    if (act === "advance") timers.advance(pick);
  }

  #acquire(): void {
    const { pool, timers } = this.#it;
    const controller = new AbortController();
    // nobody waits while one is idle, and the one used last is lent first, if it lives
    const [first] = this.#idle().filter(({ alive }) => alive);
    const expected = this.#quiet ? first : undefined;
    const caller: Caller = { controller, deadline: timers.now() + ACQUIRE_TIMEOUT, expected };
    this.#callers.push(caller);
    pool
      .acquire({ signal: controller.signal })
      .then(
        (lease) => this.#granted(caller, lease),
        (error: unknown) => void (caller.error = error),
      )
      .catch((failure: unknown) => this.#failures.push(failure));
  }

  #granted(caller: Caller, lease: Lease<FakeConnection>): void {
    // who came before has been answered
    expect(this.#waiters()[0]).toBe(caller);
    expect(this.#holders().filter((other) => other.lease!.connection === lease.connection)).toEqual([]);
    expect(lease.connection.closed).toBeUndefined();
    if (caller.expected !== undefined) expect(lease.connection).toBe(caller.expected);
    caller.lease = lease;
  }

  #release(caller: Caller, broken = false): void {
    caller.over = true;
    this.#used.set(caller.lease!.connection, { at: this.#it.timers.now(), turn: this.#turn++ });
    if (broken) caller.lease!.discard();
    else caller.lease!.release();
    expect(caller.lease!.inUse).toBe(false);
  }

  #waiters(): Caller[] {
    return this.#callers.filter(({ lease, error }) => lease === undefined && error === undefined);
  }

  #holders(): Caller[] {
    return this.#callers.filter(({ lease, over }) => lease !== undefined && over === undefined);
  }

  /** The one used last is the first. */
  #idle(): FakeConnection[] {
    const held = new Set(this.#holders().map(({ lease }) => lease!.connection));
    return this.#it.fakes.opened
      .filter((connection) => connection.closed === undefined && !held.has(connection))
      .toSorted((a, b) => (this.#used.get(b)?.turn ?? 0) - (this.#used.get(a)?.turn ?? 0));
  }

  /** When all promises have settled, the pool's books, the fakes and the model say the same. */
  #check(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
    const { pool, fakes, timers } = this.#it;
    const now = timers.now();
    for (const connection of fakes.opened)
      if (!this.#used.has(connection)) this.#used.set(connection, { at: now, turn: this.#turn++ });
    const { leased, idle, opening, closing, waiting } = pool.stats;
    const idleOnes = this.#idle();
    expect({ leased, idle, waiting }).toEqual({
      leased: this.#holders().length,
      idle: idleOnes.length,
      waiting: this.#waiters().length,
    });
    expect(opening).toBe(fakes.opens.filter(({ signal }) => !signal.aborted).length);
    // one that came when its time was over had no place any more
    const late = fakes.closes.filter(({ connection }) => connection.closed === "late").length;
    const taken = leased + idle + opening + closing;
    expect(taken - late).toBeLessThanOrEqual(SIZE);
    // who waits does so because all is taken, or for one that is on its way
    if (waiting > 0) expect([idle, opening >= waiting || taken >= SIZE]).toEqual([0, true]);
    for (const connection of idleOnes)
      expect(now - this.#used.get(connection)!.at).toBeLessThan(IDLE_TIMEOUT);
    for (const { controller, deadline } of this.#waiters())
      expect([controller.signal.aborted, deadline > now]).toEqual([false, true]);
    for (const { error, deadline } of this.#callers)
      if ((error as { code?: string } | undefined)?.code === "ACQUIRE_TIMEOUT")
        expect(deadline).toBeLessThanOrEqual(now);
  }
}

function choose<T>(list: readonly T[], pick: number, act: (item: T) => void): void {
  if (list.length > 0) act(list[pick % list.length]!);
}
