import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import type { Scene } from "../../packages/grader/cheats/scene.ts";
import { isAlive, kernelView } from "../../packages/grader/src/process/kernel.ts";

/** What cheats are after on the machine that grades, put there to be looked at afterwards. */
export class Host implements AsyncDisposable {
  readonly scene: Partial<Scene>;
  readonly #folder: string;
  readonly #secret = randomBytes(16).toString("hex");
  readonly #server: Server;
  readonly #victim: ChildProcess;
  readonly #before: string;
  #visits = 0;

  private constructor(folder: string, root: string, server: Server, victim: ChildProcess) {
    this.#folder = folder;
    this.#server = server;
    this.#victim = victim;
    const file = (name: string): string => {
      const path = join(folder, name);
      writeFileSync(path, `// ${this.#secret}\nexport {};\n`);
      return path;
    };
    server.on("connection", (socket) => {
      this.#visits++;
      socket.on("error", () => {}).end(this.#secret);
    });
    const { port } = server.address() as AddressInfo;
    this.scene = {
      folder,
      solution: file("solution.ts"),
      suite: file("suite.test.ts"),
      home: file("home.ts"),
      neighbour: file("neighbour.ts"),
      right: join(root, "packages/grader/cheats/solution/answer.ts"),
      database: join(folder, "none.sqlite"),
      digits: folder,
      tokenVariable: "TOKEN",
      summaryVariable: "GITHUB_STEP_SUMMARY",
      reportVariable: "REPORT",
      tcp: port,
      tcp6: port,
      udp: port,
      unix: join(folder, "none.sock"),
      abstract: "tcpip-workshop-class",
      outbox: port,
      wanted: port,
      key: 0x7c1a55,
      victim: victim.pid ?? 0,
      inspectorPort: 9229,
    };
    this.#before = this.#contents();
  }

  /** What the command that grades has in its environment, for cheats to look for. */
  get environment(): { [name: string]: string } {
    return { TOKEN: this.#secret, GITHUB_STEP_SUMMARY: join(this.#folder, "summary.md") };
  }

  static async set(folder: string, root: string): Promise<Host> {
    mkdirSync(folder, { recursive: true });
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1 << 30)"], { stdio: "ignore" });
    await once(victim, "spawn");
    return new Host(folder, root, server, victim);
  }

  /** What has come to harm, a sentence each. @param texts what may hold no secret, by name */
  harm(texts: { [name: string]: string }): string[] {
    const { pid = 0 } = this.#victim;
    return [
      ...(this.#contents() === this.#before ? [] : ["files of the host's were changed"]),
      ...(this.#visits === 0 ? [] : [`the host's service was reached ${this.#visits} times`]),
      ...(isAlive(pid) && kernelView(pid)?.state !== "T" ? [] : ["another process was ended or stopped"]),
      ...Object.keys(texts)
        .filter((name) => texts[name]?.includes(this.#secret))
        .map((name) => `a secret of the host's is in ${name}`),
    ];
  }

  /** All but the job's summary, which the command itself writes. */
  #contents(): string {
    const names = readdirSync(this.#folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name !== "summary.md")
      .toSorted();
    return JSON.stringify(names.map((name) => [name, readFileSync(join(this.#folder, name), "latin1")]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#victim.kill("SIGKILL");
    if (this.#victim.exitCode === null && this.#victim.signalCode === null) await once(this.#victim, "exit");
  }
}
