import { FaultProxy } from "@tcpip-workshop/faults/tcp";
import { evidence, field, quietly, Random, step, timeline, type Seed } from "@tcpip-workshop/grader/suite";
import { Exchanges } from "./exchanges.ts";
import type { Gateways } from "./gateway-under-test.ts";
import { Ledger } from "./ledger.ts";
import type { Clients } from "./paying-client.ts";
import { faults, weather } from "./weather.ts";

/** What a payment's caller was told: a receipt, or the code of an error. */
export interface Told {
  key: string;
  account: string;
  amount: number;
  receipt?: string;
  code?: string;
}

const codes = new Set(["DECLINED", "NOT_CHARGED", "UNKNOWN"]);

/** Told what no caller may be told here. */
export function isStrange({ receipt, code }: Told): boolean {
  return receipt === undefined && !codes.has(code ?? "");
}

/** Every 25th payment is a hasty one. */
export function isPatient(key: string): boolean {
  return Number(key.split(" ")[1]) % 25 !== 0;
}

/** The two answers, each in its process. */
export interface Company {
  clients: Clients;
  gateways: Gateways;
}

export const payments = 2000;
/** Payments at once. */
const concurrency = 32;
/** Connections of the client whose payments have 20 seconds, and of the one whose payments have 25 ms. */
const sizes = { patient: 12, hasty: 4 };
const [patience, haste] = [20_000, 25];
const replyTimeout = 200;
/** In cents. Carol has not enough for all that is asked of her. */
export const accounts = { alice: 1_000_000, bob: 1_000_000, carol: 5000 };

/** Payments through a proxy that does its worst; on the way a deploy of the gateway, and a kill -9. */
export class Storm implements AsyncDisposable {
  static async brew(seed: Seed, company: Company): Promise<Storm> {
    const storm = new Storm(seed, company, await Ledger.open(company.gateways.scratch, accounts));
    await storm.#startGateway();
    const { exchanges } = storm;
    const plan = { faults: exchanges.plan(weather(seed, replyTimeout)), boundary: exchanges.boundary };
    storm.#proxy = await FaultProxy.start({ port: storm.port }, plan);
    timeline("the storm", storm.proxy);
    return storm;
  }

  readonly ledger: Ledger;
  readonly exchanges = new Exchanges();
  readonly told: Told[] = [];
  /** Milliseconds that it took. */
  took = 0;
  deploys = 0;
  deaths = 0;
  /** What ended it before its end. */
  failure: Error | undefined;
  /** The client's CPU time for all payments, in ns. */
  cpu = 0;
  readonly #company: Company;
  readonly #random: Random;
  /** Below the ephemeral ports, so that the kernel lends it to nobody while the gateway is down. */
  readonly port = 20_000 + Math.floor(Math.random() * 12_000);
  #gateway: { drain(): Promise<unknown> } | undefined;
  #proxy: FaultProxy | undefined;
  #begun = 0;

  private constructor(seed: Seed, company: Company, ledger: Ledger) {
    this.#random = new Random(seed);
    this.#company = company;
    this.ledger = ledger;
  }

  /** Connections that reached the gateway. */
  get connections(): number {
    return this.proxy.connections.length - this.refused;
  }

  /** Connections that met no gateway: it was being deployed, or dead. */
  get refused(): number {
    const refusals = this.proxy.records.filter(({ what }) => what.includes("ECONNREFUSED"));
    return new Set(refusals.map(({ connection }) => connection)).size;
  }

  get proxy(): FaultProxy {
    if (this.#proxy === undefined) throw new Error("Expected a proxy that was started");
    return this.#proxy;
  }

  /** Proves that each fault has happened, and that receipts were sent more than once. */
  hasSeenAll(receipts: number): void {
    for (const [name, pattern] of Object.entries(faults)) evidence(this.proxy.saw(pattern), name);
    evidence(this.exchanges.replies(201).length > receipts, "receipts that were sent more than once");
  }

  /** Of those that the storm has used, in the tables of both processes. */
  socketsLeft(): { client: number; gateway: number } {
    const { clients, gateways } = this.#company;
    const client = clients.process.sockets({ port: this.proxy.port }).length;
    return { client, gateway: gateways.process.sockets({ port: this.port }).length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy?.[Symbol.asyncDispose]();
    this.ledger[Symbol.dispose]();
  }

  /** Until the last payment's caller has been told; or until one is told what no answer may say. What it throws is kept. */
  async rage(): Promise<void> {
    const started = performance.now();
    try {
      this.cpu = await this.#company.clients.process.cpuTime(() => this.#rage());
    } catch (error) {
      this.failure = error as Error;
    } finally {
      this.took = performance.now() - started;
    }
  }

  async #rage(): Promise<void> {
    const options = {
      host: "127.0.0.1",
      port: this.proxy.port,
      connectTimeout: 1000,
      replyTimeout,
      idleTimeout: 150,
    };
    const open = (size: number, totalTimeout: number) =>
      this.#company.clients.create("PaymentClient", {
        ...options,
        size,
        totalTimeout,
        attempts: 12,
        backoff: 100,
      });
    step(`${payments.toLocaleString("en")} payments, ${concurrency} at a time, through a storm of faults`);
    const [patient, hasty] = [
      quietly(() => open(sizes.patient, patience)),
      quietly(() => open(sizes.hasty, haste)),
    ];
    const drama = this.#drama();
    const payer = async (): Promise<void> => {
      while (this.#begun < payments && !this.isOver) {
        const number = ++this.#begun;
        await this.#pay(isPatient(`payment ${number}`) ? patient : hasty, number);
      }
    };
    await Promise.all([drama, ...Array.from({ length: concurrency }, payer)]);
    step("the storm is over: close() of both clients, drain() of the gateway");
    await quietly(() => patient.close());
    await quietly(() => hasty.close());
    await quietly(() => this.#gateway?.drain());
  }

  /** The rest would tell no more. */
  get isOver(): boolean {
    return this.told.some(isStrange);
  }

  async #pay(client: { pay(payment: Told): Promise<{ id: string }> }, number: number): Promise<void> {
    const names = Object.keys(accounts);
    const account = names[number % 20 === 0 ? 2 : number % 2] ?? "";
    const payment = { key: `payment ${number}`, account, amount: this.#random.integer(1, 900) };
    try {
      const { id } = await quietly(() => client.pay(payment));
      this.told.push({ ...payment, receipt: id });
    } catch (error) {
      const { name, code } = error as Error & { code?: string };
      if (name === "AnswerFailure") throw error;
      this.told.push({ ...payment, code: name === "PaymentError" ? (code ?? "none") : String(error) });
    }
  }

  /** A deploy after 600 payments; a death after 1,300. */
  async #drama(): Promise<void> {
    await this.#reaches(600);
    step("in its middle a deploy: drain(), then a fresh process on the same port and file");
    await quietly(() => this.#gateway?.drain());
    await quietly(() => this.#company.gateways.process.kill());
    await this.#startGateway();
    this.deploys++;
    await this.#reaches(1300);
    step("and a death: kill -9, then a fresh process on the same port and file");
    await quietly(() => this.#company.gateways.process.kill());
    await this.#startGateway();
    this.deaths++;
  }

  async #reaches(number: number): Promise<void> {
    while (this.told.length < number && !this.isOver) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async #startGateway(): Promise<void> {
    const options = {
      file: this.ledger.file,
      port: this.port,
      idleTimeout: 250,
      store: { synchronous: "NORMAL" },
    } as const;
    const gateway = await quietly(() => this.#company.gateways.startGateway(options));
    if ((await quietly(() => field(gateway.port))) !== this.port)
      throw new Error("Expected the port that was asked for");
    this.#gateway = { drain: () => gateway.drain() };
  }
}
