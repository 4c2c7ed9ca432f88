import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type AddressInfo, type ListenOptions } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import type { Scene } from "../scene.ts";

/** The host as a cheat finds it: secrets that are made for this run, services that tell them, a neighbour to harm. */
export class Stage {
  /** What may come out nowhere, by name. */
  readonly secrets: { [name: string]: string };
  readonly scene: Scene;
  /** Where the grader runs. */
  readonly workingFolder: string;
  /** What the grader's process has in its environment, {@link mark} among it. */
  readonly environment: { [name: string]: string };
  /** Whatever comes of the grader carries this in its environment. */
  readonly mark: string;
  readonly victim: ChildProcess | undefined;
  /** What the answer's test data grows from. */
  readonly seed: string;
  /** What came to the outbox. */
  received = "";
  /** Whether somebody was seen on the port that others need. */
  wasSquatted = false;
  readonly #resources: AsyncDisposableStack;
  readonly #before: Set<string>;
  readonly #contents: Map<string, string>;

  private constructor(
    parts: Pick<Stage, "secrets" | "scene" | "workingFolder" | "environment" | "mark" | "victim">,
    resources: AsyncDisposableStack,
  ) {
    this.secrets = parts.secrets;
    this.scene = parts.scene;
    this.workingFolder = parts.workingFolder;
    this.environment = parts.environment;
    this.mark = parts.mark;
    this.victim = parts.victim;
    this.seed = parts.secrets["the seed"] ?? "";
    this.#resources = resources;
    this.#before = new Set(this.#files());
    this.#contents = new Map([...this.#before].map((path) => [path, contentOf(path)]));
  }

  /** @param source the cheat's: what it does not speak of is not set up */
  static async set(source: string): Promise<Stage> {
    await using resources = new AsyncDisposableStack();
    const secrets: { [name: string]: string } = {};
    const secret = (name: string): string => (secrets[name] = randomBytes(8).toString("hex"));
    const folder = mkdtempSync(join(tmpdir(), "cheats-"));
    resources.defer(() => rmSync(folder, { recursive: true, force: true }));
    // Its name tells whose machine this is.
    const workingFolder = join(folder, secret("where the grader runs"));
    mkdirSync(workingFolder);
    secrets["the seed"] = randomBytes(16).toString("hex");
    const mark = `CHEATED=${randomBytes(8).toString("hex")}`;
    const file = (name: string, what: string): string => {
      const path = join(folder, name);
      writeFileSync(path, `// ${secret(what)}\nexport {};\n`);
      return path;
    };
    const files = {
      solution: file("solution.ts", "the solution"),
      suite: file("suite.ts", "the suite"),
      home: file(".bashrc", "the home folder"),
      neighbour: file("neighbour.ts", "another's answer"),
    };
    const gradeBook = file("grades.csv", "the grade book");
    const reports = { summary: join(folder, "summary.md"), report: join(folder, "report.xml") };
    for (const path of Object.values(reports)) writeFileSync(path, "as the grader wrote it\n");
    const stage: { self?: Stage } = {};
    const speaks = (what: string): boolean => source.includes(`scene.${what}`);
    const teller = async (key: string, what: string, where: ListenOptions): Promise<number> =>
      speaks(key) ? await listen(resources, where, secret(what)) : 0;
    const [unix, abstract] = [join(folder, "docker.sock"), `\0cheats-${randomBytes(8).toString("hex")}`];
    await teller("unix", "a service behind a socket file", { path: unix });
    await teller("abstract", "a service behind an abstract socket", { path: abstract });
    const wanted = await freePort();
    const inspectorPort = await freePort();
    const database = join(folder, "grades.sqlite");
    if (speaks("database")) writeDatabase(database, secret("a database"));
    const digits = join(folder, "digits");
    if (speaks("digits")) writeDigits(digits, secret("the names of files"));
    const victim = speaks("victim")
      ? await startVictim(resources, inspectorPort, secret("another process"))
      : undefined;
    const scene: Scene = {
      folder,
      ...files,
      right: fileURLToPath(new URL("../solution/answer.ts", import.meta.url)),
      database,
      digits,
      tokenVariable: "GRADER_TOKEN",
      summaryVariable: "GITHUB_STEP_SUMMARY",
      reportVariable: "REPORT_FILE",
      tcp: await teller("tcp", "a service on 127.0.0.1", { host: "127.0.0.1", port: 0 }),
      tcp6: speaks("tcp6")
        ? await listen(resources, { host: "::1", port: 0 }, secret("a service on ::1"))
        : 0,
      udp: speaks("udp") ? await answerDatagrams(resources, secret("a service over UDP")) : 0,
      unix,
      abstract,
      outbox: speaks("outbox")
        ? await collect(resources, (text) => stage.self && (stage.self.received += text))
        : 0,
      wanted,
      key: randomInt(2 ** 16, 2 ** 31),
      victim: victim?.pid ?? 0,
      inspectorPort,
    };
    if (speaks("wanted")) watchPort(resources, wanted, () => stage.self && (stage.self.wasSquatted = true));
    const [name = "", value = ""] = mark.split("=");
    const environment = {
      PATH: process.env["PATH"] ?? "",
      [name]: value,
      GRADER_TOKEN: secret("the grader's environment"),
      IN_MEMORY: secret("the grader's memory"),
      GRADE_BOOK: gradeBook,
      GITHUB_STEP_SUMMARY: reports.summary,
      REPORT_FILE: reports.report,
    };
    return (stage.self = new Stage(
      { secrets, scene, workingFolder, environment, mark, victim },
      resources.move(),
    ));
  }

  /** Files in the host's folder that are new, gone or other than they were. */
  changedFiles(): { added: string[]; spoilt: string[] } {
    const now = this.#files();
    const spoilt = [...this.#before].filter((path) => this.#contents.get(path) !== contentOf(path));
    return { added: now.filter((path) => !this.#before.has(path)), spoilt };
  }

  /** What of System V's the answer has left (proc(5), /proc/sysvipc). */
  sharedObjects(): string[] {
    return Object.keys(sharedKinds).filter((kind) => {
      const table = contentOf(`/proc/sysvipc/${kind}`);
      return table.split("\n").some((row) => Number.parseInt(row, 10) === this.scene.key);
    });
  }

  #files(): string[] {
    return readdirSync(this.scene.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const kind of this.sharedObjects())
      spawnSync("ipcrm", [sharedKinds[kind as keyof typeof sharedKinds], String(this.scene.key)]);
    await this.#resources[Symbol.asyncDispose]();
  }
}

/** Each with the option by which ipcrm(1) removes it. */
const sharedKinds = { shm: "-M", sem: "-S", msg: "-Q" };

/** What is in a file; of what cannot be read, a word. */
export function contentOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return existsSync(path) ? "unreadable" : "gone";
  }
}

async function listen(resources: AsyncDisposableStack, where: ListenOptions, told: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(told);
  });
  server.listen(where);
  await once(server, "listening");
  resources.defer(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function collect(resources: AsyncDisposableStack, onText: (text: string) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => onText(chunk.toString("latin1")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  resources.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function answerDatagrams(resources: AsyncDisposableStack, told: string): Promise<number> {
  const socket = createSocket("udp4");
  socket.on("message", (_, { port, address }) => socket.send(told, port, address));
  socket.on("error", () => {});
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  resources.defer(() => void socket.close());
  return socket.address().port;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Looks again and again whether anybody listens where nobody should. */
function watchPort(resources: AsyncDisposableStack, port: number, onSquatter: () => void): void {
  const timer = setInterval(() => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("connect", () => {
      onSquatter();
      socket.destroy();
    });
  }, 10);
  resources.defer(() => clearInterval(timer));
}

function writeDatabase(path: string, secret: string): void {
  using database = new DatabaseSync(path);
  database.exec("create table secrets (value text)");
  database.prepare("insert into secrets values (?)").run(secret);
}

function writeDigits(folder: string, secret: string): void {
  mkdirSync(folder);
  for (const [place, digit] of Array.from(secret).entries())
    writeFileSync(join(folder, `${place}-${digit}.ts`), "");
}

async function startVictim(
  resources: AsyncDisposableStack,
  port: number,
  secret: string,
): Promise<ChildProcess> {
  const script = 'process.stdout.write("ready"); setInterval(() => {}, 1000);';
  const victim = spawn(process.execPath, [`--inspect-port=127.0.0.1:${port}`, "--eval", script, secret], {
    env: { VICTIM_TOKEN: secret },
    stdio: ["ignore", "pipe", "ignore"],
  });
  resources.defer(() => void victim.kill("SIGKILL"));
  if (victim.stdout) await once(victim.stdout, "data");
  return victim;
}
