import { realpathSync, statSync, utimesSync, watch as fsWatch } from "node:fs";
import { dirname } from "node:path";
import { contentsOf, isHalfWritten, stampOf } from "./file-state.ts";

/** What `fs.watch` gives, as far as it is used. */
export interface Watcher {
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): void;
}

/** `fs.watch` on a folder. */
type Watch = (folder: string, listener: () => void) => Watcher;

export interface FileWatchOptions {
  /** Called once a change is complete; the files may have changed again meanwhile. */
  onChange(): void;
  /** Called once, when it turns out that file events do not arrive. */
  onPolling(why: string): void;
  watch?: Watch;
  /** Milliseconds between two looks while events are trusted; 1000. */
  slow?: number;
  /** Milliseconds between two looks without them; 200. */
  fast?: number;
}

/** Milliseconds for which nothing must happen until a change is complete; longer while a file is empty or gone. */
const settled = { usual: 5, halfWritten: 60 };
/** However often a file is written: past so many milliseconds it is told. */
const patience = 300;
/** Milliseconds that an event may come later than we see for ourselves what it tells of. */
const lateness = 500;

/**
 * Watches some files in and below one folder by the events of the system, and by a slow look at them of its own: where a change is seen
 * that no event told of (WSL mounts, NFS, containers), it looks often instead.
 */
export class FileWatch implements Disposable {
  readonly #folder: string;
  readonly #list: () => string[];
  readonly #options: FileWatchOptions;
  #paths: string[];
  #watchers: Watcher[] = [];
  #watched = "";
  #poll: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #doubt: NodeJS.Timeout | undefined;
  /** When the first of the changes came that have not been told yet. */
  #since: number | undefined;
  #stamp: string;
  #contents: string;
  #isPolling = false;
  #isClosed = false;

  /** @param list gives the files' absolute paths as they are now; asked anew at every look. Must not throw. */
  constructor(folder: string, list: () => string[], options: FileWatchOptions) {
    this.#folder = folder;
    this.#list = list;
    this.#paths = list();
    this.#options = options;
    this.#stamp = stampOf(this.#paths);
    this.#contents = contentsOf(this.#paths);
    this.#poll = setInterval(() => this.#look(), options.slow ?? 1000);
    this.#open();
    if (!this.#isPolling) this.#probe();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    this.#trust();
    this.#close();
  }

  /** Editors save by renaming, so that folders are watched: the files' own, and where a link leads to. */
  #open(): void {
    this.#close();
    const folders = this.#folders();
    this.#watched = identityOf(folders);
    const watch: Watch = this.#options.watch ?? ((folder, listener) => fsWatch(folder, listener));
    try {
      for (const folder of folders) {
        const watcher = openUnlessGone(() => watch(folder, () => this.#hear()));
        watcher?.on("error", (error) => this.#distrust(`file events broke off (${error.message})`));
        if (watcher !== undefined) this.#watchers.push(watcher);
      }
    } catch (error) {
      this.#distrust(`file events cannot be had (${(error as Error).message})`);
    }
  }

  #folders(): Set<string> {
    return new Set([
      this.#folder,
      ...this.#paths.map((path) => dirname(path)),
      ...this.#paths.map(folderBehind),
    ]);
  }

  /**
   * Takes the list anew, and watches other folders where those of before are gone, or a link leads elsewhere: no fault of
   * the events. Says whether that was so.
   */
  #follow(): boolean {
    this.#paths = this.#list();
    if (this.#isPolling || identityOf(this.#folders()) === this.#watched) return false;
    this.#open();
    // What has come before the new folder was watched.
    this.#paths = this.#list();
    return true;
  }

  #close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  /** Sets the folder's times to what they are, which changes nothing, and is an event. */
  #probe(): void {
    if (process.platform !== "linux") return;
    try {
      const { atime, mtime } = statSync(this.#folder);
      this.#expectEvent("file events do not arrive in this folder");
      utimesSync(this.#folder, atime, mtime);
    } catch {
      // The folder is another's: the first change will tell.
      this.#trust();
    }
  }

  #expectEvent(otherwise: string): void {
    // Where we were stopped ourselves, the event is there already, and is heard first.
    this.#doubt ??= setTimeout(() => {
      const doubt = this.#doubt;
      setImmediate(() => doubt === this.#doubt && this.#distrust(otherwise));
    }, lateness);
  }

  #hear(): void {
    this.#trust();
    this.#settle();
  }

  #trust(): void {
    clearTimeout(this.#doubt);
    this.#doubt = undefined;
  }

  #look(): void {
    // An event has told of it.
    if (this.#since !== undefined) return;
    const isElsewhere = this.#follow();
    const stamp = stampOf(this.#paths);
    const isSame = stamp === this.#stamp;
    this.#stamp = stamp;
    if (!this.#isPolling && !isElsewhere && !isSame)
      this.#expectEvent("a change was seen that no file event told of");
    if (!isSame) this.#settle();
  }

  #distrust(why: string): void {
    this.#trust();
    if (this.#isPolling || this.#isClosed) return;
    this.#isPolling = true;
    this.#close();
    clearInterval(this.#poll);
    this.#poll = setInterval(() => this.#look(), this.#options.fast ?? 200);
    this.#options.onPolling(why);
  }

  /** Tells of the change when nothing more has come for some milliseconds. */
  #settle(): void {
    this.#since ??= performance.now();
    clearTimeout(this.#settling);
    const isLate = performance.now() - this.#since > patience;
    const pause = isLate ? 0 : isHalfWritten(this.#paths) ? settled.halfWritten : settled.usual;
    this.#settling = setTimeout(() => {
      this.#since = undefined;
      this.#follow();
      this.#stamp = stampOf(this.#paths);
      const contents = contentsOf(this.#paths);
      if (contents === this.#contents) return;
      this.#contents = contents;
      this.#options.onChange();
    }, pause);
  }
}

function openUnlessGone(open: () => Watcher): Watcher | undefined {
  try {
    return open();
  } catch (error) {
    // The next look finds the one that comes in its place.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function folderBehind(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch {
    return dirname(path);
  }
}

function identityOf(folders: Iterable<string>): string {
  return [...folders]
    .map((folder) => {
      const stat = statSync(folder, { throwIfNoEntry: false });
      return `${folder} ${stat?.dev} ${stat?.ino}`;
    })
    .join("\n");
}
