import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Verdict } from "../verdict.ts";
import type { CellOptions } from "./cell.ts";

/** What came of an answer of which it was known what had to come of it. */
export interface Canary {
  /** What it tries, in a few words. */
  title: string;
  /** Whether it came out as it must. */
  held: boolean;
  /** What came of it, in a few words. */
  detail: string;
}

/** Grades the answer in a folder; rejects when that cannot be done here at all. */
export type Grading = (exercise: string, folder: string, options: CellOptions) => Promise<Verdict>;

const folder = fileURLToPath(new URL("../../canary", import.meta.url));

/** The right answer must pass, and known cheats must not: at every level. */
export async function tryAnswers(grade: Grading): Promise<Canary[]> {
  const known: [name: string, title: string, mustPass: boolean][] = [
    ["right", "a right answer passes", true],
    ["exits", "an answer that exits with code 0 does not pass", false],
    ["reads", "an answer that wants to read the right one does not pass", false],
  ];
  return await Promise.all(
    known.map(async ([name, title, mustPass]) => {
      const { status, reason } = await grade(join(folder, "sum"), join(folder, "sum/answers", name), {});
      const held = mustPass ? status === "pass" : status === "fail";
      return { title, held, detail: reason ?? status };
    }),
  );
}

/**
 * What the seal alone must stop: our own code behind it, without Node's permission model and with leave to call the system directly. A
 * server of this machine's, a file and a process are there for it to be found, and must not be.
 */
export async function tryProbes(grade: Grading): Promise<Canary[]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const answer = mkdtempSync(join(tmpdir(), "tcpip-workshop-canary-"));
  const reached = { count: 0 };
  server.on("connection", (socket) => {
    reached.count++;
    socket.destroy();
  });
  try {
    cpSync(join(folder, "probes/answers/probes"), answer, { recursive: true });
    const { port } = server.address() as AddressInfo;
    const told = { port, pid: process.pid, paths: [answer, fileURLToPath(import.meta.url)] };
    writeFileSync(join(answer, "host.json"), JSON.stringify(told));
    const verdict = await grade(join(folder, "probes"), answer, { permissive: true });
    const canaries = verdict.tests.map(({ title, status, failure }) => ({
      title: `code behind the seal ${title}`,
      held: status === "pass",
      detail: failure?.problem ?? "as it must be",
    }));
    const isComplete = verdict.status === "pass" && reached.count === 0;
    const detail =
      reached.count > 0 ? "a server of this machine was reached" : (verdict.reason ?? verdict.status);
    return [...canaries, { title: "the probes ran, each of them", held: isComplete, detail }];
  } finally {
    rmSync(answer, { recursive: true, force: true });
    server.close();
  }
}
