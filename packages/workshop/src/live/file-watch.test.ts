import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { EventEmitter } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { FileWatch, type FileWatchOptions, type Watcher } from "./file-watch.ts";

/** A watched file, and what was told of it: its text at each change, and why events are not trusted. */
function watched(options: Partial<FileWatchOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "watched-"));
  const path = join(folder, "answer.ts");
  writeFileSync(path, "first");
  const told: { texts: string[]; why: string[] } = { texts: [], why: [] };
  const fileWatch = new FileWatch(folder, () => [path], {
    onChange: () => told.texts.push(readFileSync(path, "utf8")),
    onPolling: (why) => told.why.push(why),
    ...options,
  });
  onTestFinished(() => {
    fileWatch[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...told, folder, path };
}

/** The last text told must be this. */
async function toldLast(texts: string[], text: string): Promise<void> {
  await vi.waitUntil(() => texts.at(-1) === text, { timeout: 20_000 });
}

/** Whoever polls no more often than this has not seen by polling what a test sees. */
const never = { slow: 1_000_000, fast: 1_000_000 };

describe("a save is told, however an editor does it:", () => {
  test("it writes the file", async () => {
    const { texts, path } = watched(never);
    writeFileSync(path, "second");
    await toldLast(texts, "second");
    expect(texts).toEqual(["second"]);
  });

  test("it truncates the file, and writes it then", async () => {
    const { texts, path } = watched(never);
    writeFileSync(path, "");
    writeFileSync(path, "second");
    await toldLast(texts, "second");
    expect(texts).toEqual(["second"]);
  });

  test("it writes another file and renames it", async () => {
    const { texts, path } = watched(never);
    for (const text of ["second", "third"]) {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
      await toldLast(texts, text);
    }
    expect(texts).toEqual(["second", "third"]);
  });

  test("it tries whether it may write, keeps the old file, and writes a new one, as vim does", async () => {
    const { texts, path, folder } = watched(never);
    writeFileSync(join(folder, "4913"), "");
    unlinkSync(join(folder, "4913"));
    renameSync(path, `${path}~`);
    writeFileSync(path, "second");
    unlinkSync(`${path}~`);
    await toldLast(texts, "second");
    expect(texts).toEqual(["second"]);
  });

  test("the file is a link to one in another folder", async () => {
    const other = watched(never);
    const linked = mkdtempSync(join(tmpdir(), "linked-"));
    symlinkSync(other.path, join(linked, "answer.ts"));
    const texts: string[] = [];
    using _ = new FileWatch(linked, () => [join(linked, "answer.ts")], {
      ...never,
      onChange: () => texts.push(readFileSync(join(linked, "answer.ts"), "utf8")),
      onPolling: () => {},
    });
    writeFileSync(other.path, "second");
    await toldLast(texts, "second");
    expect(texts).toEqual(["second"]);
    rmSync(linked, { recursive: true });
  });
});

test("the same bytes again are no change, and neither are other files", async () => {
  const { texts, path, folder } = watched(never);
  writeFileSync(path, "first");
  writeFileSync(join(folder, "other.ts"), "other");
  writeFileSync(path, "second");
  await toldLast(texts, "second");
  expect(texts).toEqual(["second"]);
});

describe("where file events", () => {
  test("do not arrive, it looks for itself, and says so once", async () => {
    const silent = (): Watcher => ({ on: () => {}, close: () => {} });
    const { texts, why, path } = watched({ watch: silent, slow: 20, fast: 5 });
    writeFileSync(path, "second");
    await toldLast(texts, "second");
    await vi.waitUntil(() => why.length > 0, { timeout: 20_000 });
    writeFileSync(path, "third");
    await toldLast(texts, "third");
    expect(why).toHaveLength(1);
    expect(why[0]).toContain("file event");
  });

  test.skipIf(process.platform !== "linux")(
    "do not arrive, it finds out before the first save (Linux)",
    async () => {
      const silent = (): Watcher => ({ on: () => {}, close: () => {} });
      const { why } = watched({ watch: silent, ...never });
      await vi.waitUntil(() => why.length > 0, { timeout: 20_000 });
      expect(why).toEqual(["file events do not arrive in this folder"]);
    },
  );

  test("cannot be had, as where the system has no watches left, it looks for itself", async () => {
    const none = (): Watcher => {
      throw new Error("ENOSPC: System limit for number of file watchers reached");
    };
    const { texts, why, path } = watched({ watch: none, fast: 5 });
    expect(why).toEqual([expect.stringContaining("ENOSPC")]);
    writeFileSync(path, "second");
    await toldLast(texts, "second");
  });

  test("break off, it looks for itself", async () => {
    const watcher = Object.assign(new EventEmitter(), { close: () => {} });
    const { texts, why, path } = watched({ watch: () => watcher, slow: 1_000_000, fast: 5 });
    watcher.emit("error", new Error("EIO"));
    expect(why).toEqual(["file events broke off (EIO)"]);
    writeFileSync(path, "second");
    await toldLast(texts, "second");
  });

  test("do arrive, they are trusted, though it looks for itself all the time", async () => {
    let events = 0;
    const { texts, why, path } = watched({
      slow: 1,
      watch: (folder, listener) =>
        watch(folder, () => {
          events++;
          listener();
        }),
    });
    for (let save = 0; save < 20; save++) {
      writeFileSync(path, `save ${save}`);
      await toldLast(texts, `save ${save}`);
    }
    expect(events).toBeGreaterThan(0);
    expect(why).toEqual([]);
  });
});
