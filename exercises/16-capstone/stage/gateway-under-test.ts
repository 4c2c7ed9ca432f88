import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { type Answer, eventually, expect, field, quietly, step } from "@tcpip-workshop/grader/suite";
import type { Gate } from "@tcpip-workshop/idempotency/store";
import type { GatewayOptions } from "../gateway.ts";
import { Caller, charged } from "./caller.ts";
import { Ledger } from "./ledger.ts";

export type Gateways = Answer<typeof import("../gateway.ts")>;

export interface GatewaySetting extends Partial<Omit<GatewayOptions, "file" | "store">> {
  gate?: Gate;
}

/** With a gate each look at the store takes a moment, so that those who come at once do meet. */
export const aMoment: Gate = async () => {};

/** A gateway of the answer's, on a ledger of the test's, with its clients. These stay until the test is over. */
export class GatewayUnderTest implements AsyncDisposable {
  /** On a fresh ledger with these balances in cents. */
  static async open(
    gateways: Gateways,
    accounts: Readonly<Record<string, number>>,
    setting: GatewaySetting = {},
  ): Promise<GatewayUnderTest> {
    const owned = Object.entries(accounts).map(([id, balance]) => `${id} has ${balance}`);
    step(`startGateway() on a fresh ledger: ${owned.join(", ")}`);
    await using stack = new AsyncDisposableStack();
    const ledger = stack.use(await Ledger.open(gateways.scratch, accounts));
    const gateway = await GatewayUnderTest.#start(gateways, ledger, setting);
    gateway.#stack.use(stack.move());
    return gateway;
  }

  /** Of power cuts nobody dies here, so nobody waits for the disk. */
  static async #start(
    gateways: Gateways,
    ledger: Ledger,
    { gate, ...options }: GatewaySetting,
  ): Promise<GatewayUnderTest> {
    const store = { synchronous: "NORMAL", ...(gate && { gate }) } as const;
    const all = { file: ledger.file, idleTimeout: 10_000, store, ...options };
    const gateway = await quietly(() => gateways.startGateway(all));
    const port = await quietly(() => field(gateway.port));
    return new GatewayUnderTest(gateways, ledger, port, () => gateway.drain());
  }

  readonly ledger: Ledger;
  readonly port: number;
  readonly drain: () => Promise<void>;
  readonly #gateways: Gateways;
  readonly #stack = new AsyncDisposableStack();

  private constructor(gateways: Gateways, ledger: Ledger, port: number, drain: () => Promise<void>) {
    this.#gateways = gateways;
    this.ledger = ledger;
    this.port = port;
    this.drain = drain;
  }

  /** Ends its clients and closes the ledger. The gateway itself ends with its process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }

  /** Another one, on the same ledger. */
  async next(setting: GatewaySetting = {}): Promise<GatewayUnderTest> {
    step("startGateway() on the same ledger");
    return this.#stack.use(await GatewayUnderTest.#start(this.#gateways, this.ledger, setting));
  }

  async connect(name?: string): Promise<Caller> {
    return this.#stack.use(await Caller.connect(this, name));
  }

  /** Whether it has read what came from this port. */
  hasRead(localPort: number): boolean {
    return this.#sockets().some(({ remote, recvQ }) => remote.port === localPort && recvQ === 0);
  }

  /** What was charged for which key, and nothing else: `order 1: 300`. */
  hasCharged(expected: string[], rule: string): void {
    expect(this.ledger.charges(), rule).toEqual(expected);
  }

  hasLeft(account: string, balance: number, rule: string): void {
    expect(this.ledger.balance(account), rule).toBe(balance);
  }

  /** Waits until its socket that listens is the only one. */
  async holdsNone(rule: string): Promise<void> {
    const listens = (): boolean => this.#states().join() === "LISTEN";
    await eventually(listens, rule, { expected: ["LISTEN"], received: () => this.#states() });
  }

  isGone(rule: string): void {
    expect(this.#states(), rule).toEqual([]);
  }

  async kill(): Promise<void> {
    await quietly(() => this.#gateways.process.kill());
  }

  /** Begins to drain. At the end of the test a drain that has not resolved ends with its process. */
  startDrain(): Promise<void> {
    const drained = quietly(() => this.drain());
    let isOver = false;
    const settle = (): unknown => (isOver = true);
    drained.then(settle, settle);
    this.#stack.defer(async () => {
      if (!isOver) await this.kill();
    });
    return drained;
  }

  /** What becomes of somebody who connects now. */
  async door(): Promise<string> {
    const accepted = ScriptedPeer.connect(this.port).then(
      () => "accepted",
      (error: { code: string }) => error.code,
    );
    return await accepted;
  }

  #states(): string[] {
    return this.#sockets().map(({ state }) => state);
  }

  #sockets() {
    return this.#gateways.process.sockets({ port: this.port });
  }
}

/** Another gateway of the same process charges: when it has, what it was asked before is done too. */
export async function chargesElsewhere(gateways: Gateways): Promise<void> {
  await using elsewhere = await quietly(() =>
    GatewayUnderTest.open(gateways, { café: 1000 }, { gate: aMoment }),
  );
  const later = await elsewhere.connect("a client of another gateway");
  quietly(() => later.ask());
  await later.hears([charged("order 1")], "Another gateway of the same process charges");
}
