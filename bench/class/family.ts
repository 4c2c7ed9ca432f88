import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * All that comes of one process, as far as it was seen, and what is in its process and network namespaces: a namespace ends with the
 * last process in it, so who has left everything else behind is still found there.
 */
export class Family implements Disposable {
  readonly #root: number;
  /** By process id, when each was started (proc_pid_stat(5), field 22): ids are used again. */
  readonly #members = new Map<number, string>();
  readonly #namespaces = new Set<string>();
  readonly #own = new Set(namespacesOf(process.pid));
  readonly #timer: NodeJS.Timeout;
  #rootStarted: string | undefined;

  constructor(root: number) {
    this.#root = root;
    this.#look();
    this.#timer = setInterval(() => this.#look(), 300);
  }

  /** How many were seen, of processes and of namespaces. */
  get seen(): { processes: number; namespaces: number } {
    return { processes: this.#members.size, namespaces: this.#namespaces.size };
  }

  /** Those who are there: `4711 node …`. */
  left(): string[] {
    this.#look();
    return processes()
      .filter(
        ({ pid, started, state }) =>
          !["Z", "X"].includes(state) &&
          (this.#members.get(pid) === started ||
            namespacesOf(pid).some((namespace) => this.#namespaces.has(namespace))),
      )
      .map(({ pid }) => `${pid} ${commandOf(pid)}`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const all = processes();
    // Its id may be another's by now.
    const root = all.find(
      ({ pid, started }) => pid === this.#root && started === (this.#rootStarted ??= started),
    );
    const family = new Set(root === undefined ? [] : [root.pid]);
    for (let grew = true; grew;) {
      grew = false;
      for (const { pid, parent, started } of all) {
        if (!family.has(parent) && this.#members.get(pid) !== started) continue;
        grew ||= !family.has(pid);
        family.add(pid);
      }
    }
    for (const { pid, started } of all) {
      if (!family.has(pid)) continue;
      this.#members.set(pid, started);
      for (const namespace of namespacesOf(pid))
        if (!this.#own.has(namespace)) this.#namespaces.add(namespace);
    }
  }
}

interface ProcessEntry {
  pid: number;
  parent: number;
  state: string;
  started: string;
}

function processes(): ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        // The command's name, in brackets, may hold anything.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const [state = "", parent = ""] = fields;
        return [{ pid: Number(name), parent: Number(parent), state, started: fields[19] ?? "" }];
      } catch {
        return [];
      }
    });
}

/** namespaces(7) */
function namespacesOf(pid: number): string[] {
  return ["pid", "net"].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return [];
    }
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim().slice(0, 80);
  } catch {
    return "(gone)";
  }
}
