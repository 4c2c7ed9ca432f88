import { isDeepStrictEqual, inspect } from "node:util";
import type { Lease } from "../pool/index.ts";
import { fakePool, settled, type FakeConnection } from "./fake-connections.ts";

const SIZE = 3;
const ACQUIRE_TIMEOUT = 100;
const IDLE_TIMEOUT = 400;

/** What callers, servers and the clock do; the frequent ones more than once. */
export const ACTS = [
  ...(["acquire", "acquire", "acquire", "release", "release", "discard", "abort", "die"] as const),
  ...(["remove", "opened", "opened", "refused", "closed", "closed", "warmUp"] as const),
  ...(["advance", "advance"] as const),
];

export interface PoolStep {
  act: (typeof ACTS)[number];
  /** To which of those that there are; or how many, or how many milliseconds. */
  pick: number;
  /** Whether the next step comes in the same tick. */
  atOnce: boolean;
}

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

/** The model beside the pool. It knows who came when, who has what, and who used what last; and nothing of how. */
export class PoolModel {
  /** What the pool has promised and not kept. */
  readonly violations: string[] = [];
  readonly #it;
  readonly #callers: Caller[] = [];
  /** When each connection was opened or given back, and which one later than which. */
  readonly #used = new Map<FakeConnection, { at: number; turn: number }>();
  #turn = 0;
  readonly #removed = new Set<FakeConnection>();
  /** No promise is on its way: what `acquire` gives can be told beforehand. */
  #quiet = true;

  constructor(heldOpen: boolean, heldClose: boolean) {
    const acquireTimeout = ACQUIRE_TIMEOUT;
    const idleTimeout = IDLE_TIMEOUT;
    const isAlive = (connection: FakeConnection): boolean => {
      // a new one is asked first of all
      if (!this.#used.has(connection)) this.#use(connection);
      return connection.alive;
    };
    const times = { acquireTimeout, idleTimeout, closeTimeout: 50, openTimeout: 200 };
    this.#it = fakePool({ size: SIZE, ...times, isAlive });
    this.#it.fakes.heldOpen = heldOpen;
    this.#it.fakes.heldClose = heldClose;
  }

  async step({ act, pick, atOnce }: PoolStep): Promise<void> {
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
      if (round > 200) return this.#expect("an end of waiting", round, 0);
      fakes.settleAll();
      for (const caller of this.#holders()) this.#release(caller);
      await settled();
      this.#check();
    }
    this.#expect("callers without an answer", this.#waiters().length, 0);
    fakes.settleAll();
    await settled();
    const leases = await Promise.all(Array.from({ length: SIZE }, () => pool.acquire()));
    const lent = new Set(leases.map(({ connection }) => connection)).size;
    this.#expect("places at the end", lent, SIZE);
    for (const lease of leases) lease.release();
    await pool.close();
    const { idle, leased, opening, closing, waiting } = pool.stats;
    this.#expect("what is left", [idle, leased, opening, closing, waiting], [0, 0, 0, 0, 0]);
    this.#expect("connections left open", fakes.stillOpen, []);
    timers.advance(ACQUIRE_TIMEOUT);
    this.#expect("timers left", timers.waiting, 0);
  }

  #do(act: PoolStep["act"], pick: number): void {
    const { pool, fakes, timers } = this.#it;
    if (act === "acquire") this.#acquire();
    if (act === "release") choose(this.#holders(), pick, (caller) => this.#release(caller));
    if (act === "discard") choose(this.#holders(), pick, (caller) => this.#release(caller, true));
    if (act === "abort") choose(this.#waiters(), pick, ({ controller }) => controller.abort("away"));
    const open = fakes.opened.filter(({ closed }) => closed === undefined);
    if (act === "die") choose(open, pick, (connection) => void (connection.alive = false));
    if (act === "remove")
      choose(open, pick, (connection) => {
        if (pool.remove(connection)) this.#removed.add(connection);
      });
    if (act === "opened") choose(fakes.opens, pick, (opening) => void opening.succeed());
    if (act === "refused") choose(fakes.opens, pick, (opening) => opening.fail(new Error("refused")));
    if (act === "closed") choose(fakes.closes, pick, (closing) => closing.succeed());
    if (act === "warmUp") void pool.warmUp(pick % (SIZE + 1)).catch(() => {});
    if (act === "advance") timers.advance(pick % 3 === 0 ? 3 * pick : pick);
  }

  #acquire(): void {
    const { pool, timers } = this.#it;
    const controller = new AbortController();
    // nobody waits while one is idle, and the one used last is lent first, if it lives
    const first = this.#idle().find(({ alive }) => alive);
    const expected = this.#quiet ? first : undefined;
    const caller: Caller = { controller, deadline: timers.now() + ACQUIRE_TIMEOUT, expected };
    this.#callers.push(caller);
    pool.acquire({ signal: controller.signal }).then(
      (lease) => this.#granted(caller, lease),
      (error: unknown) => (caller.error = error),
    );
  }

  #granted(caller: Caller, lease: Lease<FakeConnection>): void {
    // who came before has been answered
    this.#expect("who waited longest", this.#waiters()[0], caller);
    const others = this.#holders().filter((other) => other.lease!.connection === lease.connection);
    this.#expect("others who have it", others.length, 0);
    this.#expect("a lent connection closed", lease.connection.closed, undefined);
    if (caller.expected !== undefined) this.#expect("the one used last", lease.connection, caller.expected);
    caller.lease = lease;
  }

  #release(caller: Caller, broken = false): void {
    caller.over = true;
    this.#use(caller.lease!.connection);
    if (broken) caller.lease!.discard();
    else caller.lease!.release();
    this.#expect("in use after its release", caller.lease!.inUse, false);
  }

  #use(connection: FakeConnection): void {
    this.#used.set(connection, { at: this.#it.timers.now(), turn: this.#turn++ });
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
    const { pool, fakes, timers } = this.#it;
    const now = timers.now();
    const { leased, idle, opening, closing, waiting } = pool.stats;
    const idleOnes = this.#idle();
    const [holders, waiters] = [this.#holders(), this.#waiters()];
    const booked = { leased, idle, waiting };
    const known = { leased: holders.length, idle: idleOnes.length, waiting: waiters.length };
    this.#expect("the books", booked, known);
    const dialled = fakes.opens.filter(({ signal }) => !signal.aborted).length;
    this.#expect("connections being opened", opening, dialled);
    // one that came when its time was over had no place any more
    const late = fakes.closes.filter(({ connection }) => connection.closed === "late").length;
    const taken = leased + idle + opening + closing;
    this.#expect("within the limit", taken - late <= SIZE, true);
    // who waits does so because all is taken, or for one that is on its way
    const reason = opening >= waiting || taken >= SIZE;
    if (waiting > 0) this.#expect("idle while somebody waits; a reason to wait", [idle, reason], [0, true]);
    const old = idleOnes.filter((connection) => now - this.#used.get(connection)!.at >= IDLE_TIMEOUT);
    this.#expect("idle for too long", old, []);
    const removed = idleOnes.filter((connection) => this.#removed.has(connection));
    this.#expect("removed, and kept", removed, []);
    const gone = waiters.filter(({ controller, deadline }) => controller.signal.aborted || deadline <= now);
    this.#expect("waiting without reason", gone, []);
    const early = this.#callers.filter(({ error, deadline }) => isTimeout(error) && deadline > now);
    this.#expect("given up before the time", early, []);
  }

  #expect(what: string, got: unknown, expected: unknown): void {
    if (isDeepStrictEqual(got, expected)) return;
    this.violations.push(`${what}: expected ${inspect(expected)}, got ${inspect(got)}`);
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: string } | undefined)?.code === "ACQUIRE_TIMEOUT";
}

function choose<T>(list: readonly T[], pick: number, act: (item: T) => void): void {
  if (list.length > 0) act(list[pick % list.length]!);
}
