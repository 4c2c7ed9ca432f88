import { constants } from "node:fs";
import { open, opendir, type FileHandle } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";

/** Not on Windows. */
const noFollow = constants.O_NOFOLLOW ?? 0;
// Opening a FIFO must not wait for its other end.
const asFile = constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0);
const asFolder = constants.O_RDONLY | noFollow | (constants.O_DIRECTORY ?? 0);

export interface Name {
  name: string;
  /** What the folder says of it, which is not yet what will be opened. */
  type: "file" | "folder" | "link" | "other";
}

/**
 * A folder that is open. What is opened below it is opened from it, never by a path from the root: on Linux nobody can put a link
 * in the place of a folder between a look and a read. Elsewhere only the last part of a path is safe from that.
 */
export class Directory implements AsyncDisposable {
  readonly #handle: FileHandle | undefined;
  readonly #path: string;

  private constructor(handle: FileHandle | undefined, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** @param path absolute, and trusted: links in it are followed, but not at its end */
  static async open(path: string): Promise<Directory> {
    // Windows opens no folders.
    return new Directory(platform() === "win32" ? undefined : await open(path, asFolder), path);
  }

  /** @throws {Error} `ELOOP` or `ENOTDIR` when it is a link */
  folder(name: string): Promise<Directory> {
    return Directory.open(this.#at(name));
  }

  /** Opens what has this name, be it a file or not: ask `stat` of what was opened. @throws {Error} `ELOOP` when it is a link */
  file(name: string): Promise<FileHandle> {
    return open(this.#at(name), asFile);
  }

  /** Sorted. `each` is called for each before the next is looked at. */
  async names(each: () => void): Promise<Name[]> {
    const names: Name[] = [];
    for await (const entry of await opendir(this.#at("."))) {
      each();
      const type = entry.isFile()
        ? "file"
        : entry.isDirectory()
          ? "folder"
          : entry.isSymbolicLink()
            ? "link"
            : "other";
      names.push({ name: entry.name, type });
    }
    return names.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }

  /** proc(5): below /proc/self/fd/N a path goes on from what is open, as openat(2) does. */
  #at(name: string): string {
    const base =
      this.#handle !== undefined && platform() === "linux" ? `/proc/self/fd/${this.#handle.fd}` : this.#path;
    return join(base, name);
  }
}

/** Opens a folder below a trusted one, following no link on the way. */
export async function openBelow(root: string, parts: string[]): Promise<Directory> {
  let directory = await Directory.open(root);
  for (const part of parts) {
    await using above = directory;
    directory = await above.folder(part);
  }
  return directory;
}
