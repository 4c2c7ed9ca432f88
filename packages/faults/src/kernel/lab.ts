import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { NetError } from "@tcpip-workshop/core/net-error";
import { registerResource } from "../open-resources.ts";
import { guardedChild } from "./guarded-child.ts";
import { labAvailable, UNSHARE } from "./lab-available.ts";

/** A network of one's own: nothing in it but the loopback interface. */
export interface LabSetup {
  /** First and last port that the kernel gives out (net.ipv4.ip_local_port_range). */
  ephemeralPorts?: readonly [number, number];
  /** `{ "net.ipv4.tcp_tw_reuse": "0" }`: those below `net.` only, as others are not the namespace's own. */
  sysctls?: Readonly<Record<string, string | number>>;
  /** Of the loopback interface, 68 to 65,536 bytes. Linux's default is 65,536. */
  mtu?: number;
}

export interface LabRunOptions {
  args?: readonly string[];
  /** On top of this process's environment. */
  env?: Readonly<Record<string, string>>;
  /** Milliseconds until every process of the lab is killed. Default 30,000. */
  timeout?: number;
  /** Kills every process of the lab too; `lab` then throws the signal's reason. */
  signal?: AbortSignal;
  /** Bytes kept of stdout, and of stderr. Default 1 MiB; the rest is counted in a last line. */
  maxOutput?: number;
}

export interface LabResult {
  /** The script's exit status; 128 + n after signal n. */
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a script on Node in a private user, network and process namespace: a `file:` URL is a module's file, a string is
 * the text of an ES module. When the script ends, or its time does, whatever it started is killed.
 *
 * Throws `UNSUPPORTED` with what is missing (ask `labAvailable` first), `ARGUMENT_INVALID` for a set-up that the kernel
 * does not take, `TOTAL_TIMEOUT` with what was printed. A script that fails is a result like others: see `code`.
 */
export async function lab(
  setup: LabSetup,
  script: URL | string,
  { args = [], env = {}, timeout = 30_000, signal, maxOutput = 1 << 20 }: LabRunOptions = {},
): Promise<LabResult> {
  signal?.throwIfAborted();
  const settings = settingsOf(setup);
  const availability = labAvailable();
  if (!availability.available) throw new NetError("UNSUPPORTED", `A lab ${availability.reason}`);

  const deregister = registerResource(() => "lab");
  const what =
    typeof script === "string" ? ["--input-type=module", "-e", script, "--"] : [fileURLToPath(script)];
  const command = [process.execPath, ...what, ...args];
  const child = guardedChild([...UNSHARE, "sh", "-c", SET_UP, "sh", ...settings, "--", ...command], {
    ...process.env,
    ...env,
  });
  const [stdout, stderr, ready] = [child.stdout, child.stderr, child.fd3].map((pipe) =>
    collect(pipe, maxOutput),
  );
  const abort = (): void => void child.kill();
  signal?.addEventListener("abort", abort, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void child.kill();
  }, timeout);
  try {
    const result = { code: await child.ended, stdout: stdout!(), stderr: stderr!() };
    const printed = `${result.stdout}${result.stderr}`;
    signal?.throwIfAborted();
    if (late)
      throw new NetError("TOTAL_TIMEOUT", `Expected the lab done within ${timeout} ms, got:\n${printed}`);
    if (ready!() === "") {
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected a set-up that the kernel takes, got: ${result.stderr.trim()}`,
      );
    }
    return result;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    deregister();
  }
}

/** Pairs of file and value up to `--`, then the command. That the set-up has worked is told on fd 3. */
const SET_UP = `
set -e
ip link set lo mtu "$1" up
shift
while [ "$1" != -- ]; do
  printf %s "$2" > "$1"
  shift 2
done
shift
echo ready >&3
exec 3>&-
exec "$@"
`;

function settingsOf({ ephemeralPorts, sysctls = {}, mtu = 65_536 }: LabSetup): string[] {
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65_536) {
    // RFC 791: every host forwards 68 bytes unfragmented
    throw new NetError("ARGUMENT_INVALID", `Expected an MTU from 68 to 65536, got ${mtu}`);
  }
  const settings = [String(mtu)];
  if (ephemeralPorts !== undefined) {
    const [first, last] = ephemeralPorts;
    if (!(isPort(first) && isPort(last) && first <= last)) {
      throw new NetError("ARGUMENT_INVALID", `Expected a range of ports, got ${first} to ${last}`);
    }
    settings.push("/proc/sys/net/ipv4/ip_local_port_range", `${first} ${last}`);
  }
  for (const [name, value] of Object.entries(sysctls)) {
    // A real root is root outside too: nothing but the namespace's own may be within reach.
    if (!/^net(\.[\w-]+)+$/.test(name)) {
      throw new NetError("ARGUMENT_INVALID", `Expected a sysctl below net., got "${name}"`);
    }
    settings.push(`/proc/sys/${name.replaceAll(".", "/")}`, String(value));
  }
  return settings;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** Keeps the first bytes and counts the others; call the result when the stream has ended. */
function collect(stream: Readable, most: number): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    const room = Math.max(0, most - length);
    if (room > 0) chunks.push(chunk.subarray(0, room));
    length += chunk.length;
  });
  return () => {
    const text = Buffer.concat(chunks).toString();
    return length > most ? `${text}\n… ${length - most} bytes more\n` : text;
  };
}
