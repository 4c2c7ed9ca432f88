import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { tarBytes } from "../../packages/workshop/src/testing/tar-bytes.ts";
import { zipBytes } from "../../packages/workshop/src/testing/zip-bytes.ts";
import type { Entry, Learner } from "./handed-in.ts";

/** Writes what a learner hands in into the class's folder. */
export function pack({ id, form, handedIn, isCutOff }: Learner, folder: string): void {
  const entries = [
    ...handedIn.flatMap((each) => each.entries),
    { path: "README.md", content: Buffer.from(`# ${id}\n`) },
  ];
  if (form === "folder") {
    writeFolder(entries, join(folder, id));
    return;
  }
  const bytes = form === "zip" ? zipOf(entries) : tarOf(entries);
  writeFileSync(join(folder, `${id}.${form}`), isCutOff ? bytes.subarray(0, bytes.length / 2) : bytes);
}

function writeFolder(entries: Entry[], folder: string): void {
  for (const { path, content, link } of entries) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (link === undefined) writeFileSync(file, content ?? "");
    else symlinkSync(link, file);
  }
}

function tarOf(entries: Entry[]): Buffer {
  return gzipSync(
    tarBytes(
      entries.map(({ path, content = Buffer.alloc(0), link }) =>
        link === undefined ? { name: path, content } : { name: path, type: "2", linkname: link },
      ),
    ),
  );
}

function zipOf(entries: Entry[]): Buffer {
  return zipBytes(
    entries.map(({ path, content = Buffer.alloc(0), link }) =>
      // stat(2): the upper bits of a link's mode.
      link === undefined ? { name: path, content } : { name: path, content: link, mode: 0o120777 },
    ),
  );
}
