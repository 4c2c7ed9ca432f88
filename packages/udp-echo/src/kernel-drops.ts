import { readFile } from "node:fs/promises";

/** Datagrams that came to this host and that no program could read. */
export interface KernelDrops {
  /** Of this socket, since it was bound: its receive buffer was full, or a checksum wrong (`drops` in /proc/net/udp). */
  socketDrops: number;
  /** Of all sockets of this network namespace, since the server began: `RcvbufErrors` of /proc/net/snmp and snmp6. */
  rcvbufErrors: number;
}

/** Reads what the kernel counted. A server never sees these datagrams, so nothing else can tell it. */
export class KernelDropCounter {
  readonly #port: number;
  readonly #before: number | undefined;

  private constructor(port: number, before: number | undefined) {
    this.#port = port;
    this.#before = before;
  }

  /** Begins to count. `port` is the socket's local one. */
  static async start(port: number): Promise<KernelDropCounter> {
    return new KernelDropCounter(port, await rcvbufErrors());
  }

  /** Undefined where the kernel does not say: no /proc/net, or more than one socket on that port. */
  async read(): Promise<KernelDrops | undefined> {
    const now = await rcvbufErrors();
    const tables = await Promise.all(["/proc/net/udp", "/proc/net/udp6"].map(readOrEmpty));
    const [drops, ...others] = tables.flatMap((table) => socketDrops(table, this.#port));
    if (this.#before === undefined || now === undefined || drops === undefined || others.length > 0) {
      return undefined;
    }
    return { socketDrops: drops, rcvbufErrors: now - this.#before };
  }
}

/** `drops` of each unconnected socket on that port, from the text of /proc/net/udp or udp6 (proc_net_udp(5)). */
export function socketDrops(table: string, port: number): number[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote]) => local?.endsWith(suffix) && remote?.endsWith(":0000"))
    .map((columns) => Number(columns.at(-1)));
}

/** `RcvbufErrors` from the text of /proc/net/snmp: a line of names, and under it one of values. */
export function rcvbufErrorsOf(snmp: string): number | undefined {
  const [names, values] = snmp.split("\n").filter((line) => line.startsWith("Udp: "));
  const at = names?.split(" ").indexOf("RcvbufErrors") ?? -1;
  const value = at < 0 ? undefined : values?.split(" ")[at];
  return value === undefined ? undefined : Number(value);
}

/** Both families together; IPv6 may be switched off. */
async function rcvbufErrors(): Promise<number | undefined> {
  const [snmp, snmp6] = await Promise.all(["/proc/net/snmp", "/proc/net/snmp6"].map(readOrEmpty));
  const ipv4 = rcvbufErrorsOf(snmp ?? "");
  const ipv6 = Number(/^Udp6RcvbufErrors\s+(\d+)$/m.exec(snmp6 ?? "")?.[1] ?? 0);
  return ipv4 === undefined ? undefined : ipv4 + ipv6;
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return "";
  }
}
