import { execFileSync, spawnSync } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { gzippedZeros } from "../../testing/bomb.ts";
import { handIn, refusedOf, takenOf, type HandIn } from "../../testing/hand-in.ts";
import { paxPath, tarBytes, type TarEntry } from "../../testing/tar-bytes.ts";
import { Intake } from "./intake.ts";
import type { Submission } from "./submission.ts";
import { readTar } from "./tar.ts";

const path = "04-framing/framing.ts";
const honest: TarEntry = { name: "05-echo/echo.ts", content: "mine" };
const MiB = 1024 * 1024;
const noTar = spawnSync("tar", ["--version"]).status !== 0;

async function readBytes(bytes: Buffer, limits = {}): Promise<Submission> {
  using mine = handIn();
  mine.write("me.tar", bytes);
  return await mine.read("me.tar", { limits });
}

function read(...entries: TarEntry[]): Promise<Submission> {
  return readBytes(tarBytes(entries));
}

describe("a tar archive that is handed in", () => {
  test.each(["", "./", "exercises/", "me-main/", "./me-main/exercises/"])(
    "gives the files below %j, plain and through gzip",
    async (prefix) => {
      const bytes = tarBytes([
        { name: prefix === "" ? "./" : prefix, type: "5" },
        { name: `${prefix}${path}`, content: "a".repeat(1000) },
        { name: `${prefix}05-echo/echo.ts`, content: "b" },
        { name: `${prefix}README.md`, content: "c" },
      ]);
      for (const archive of [bytes, gzipSync(bytes)]) {
        const submission = await readBytes(archive);
        expect(takenOf(submission)).toEqual([`${path}: ${"a".repeat(1000)}`, "05-echo/echo.ts: b"]);
        expect(submission.ignoredCount).toBe(1);
      }
    },
  );

  test.skipIf(noTar)("reads what the system's tar wrote (skipped where there is none)", async () => {
    using mine = handIn();
    mine.write(`work/exercises/${path}`, "mine");
    mine.write(`work/${"a-long-folder-name/".repeat(10)}README.md`, "");
    execFileSync("tar", ["-czf", join(mine.folder, "me.tgz"), "-C", mine.folder, "work"]);
    expect(takenOf(await mine.read("me.tgz"))).toEqual([`${path}: mine`]);
  });

  test.each([
    [`../${path}`, "its path leads out of the folder through .."],
    [`/${path}`, "its path is absolute: it must begin at the folder you hand in"],
    [`04-framing/\u0007/framing.ts`, "its path has a control character in it"],
  ])("refuses the path %j and takes the others", async (name, reason) => {
    for (const entries of [[{ name }], [paxPath(name), { name: path }]]) {
      const submission = await read(...entries, honest);
      expect(submission.refused.map((one) => one.reason)).toEqual([
        `Expected a path below the submission's folder, but ${reason}`,
      ]);
      expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
    }
  });

  test.each([
    ["a symbolic link", { type: "2", linkname: "/etc/passwd" }, "Expected a regular file, got a link"],
    ["a hard link", { type: "1", linkname: "/etc/passwd" }, "got a hard link"],
    ["a character device", { type: "3" }, "Expected a regular file, got a device"],
    ["a block device", { type: "4" }, "Expected a regular file, got a device"],
    ["a pipe", { type: "6" }, "Expected a regular file, got a device"],
    ["of a type that nobody knows", { type: "Z", content: "x" }, "Expected a regular file, got a device"],
    ["too large", { content: "x".repeat(256 * 1024 + 1) }, "Expected a file of at most 256 KiB"],
  ])("refuses a file that is %s and takes the others", async (_what, entry, reason) => {
    const submission = await read({ name: path, ...entry }, honest);
    expect(submission.refused.map((one) => one.reason)).toEqual([expect.stringContaining(reason)]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("a file that is there twice is refused, not the last one taken, however it is spelt", async () => {
    const submission = await read(honest, { name: path, content: "a" }, { name: `./${path}`, content: "b" });
    expect(refusedOf(submission)).toEqual([`${path}: Expected it once, got it twice`]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("nothing below a link is taken: the way of writing through a link of the archive's own", async () => {
    const submission = await read(
      { name: "04-framing", type: "2", linkname: "/tmp" },
      { name: path, content: "x" },
      honest,
    );
    expect(refusedOf(submission)).toEqual([
      "04-framing: Expected a regular file, got a link: hand in the file itself",
      `${path}: Expected folders above it, got a link or a file`,
    ]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test.each([
    ["that is none", Buffer.from("not an archive")],
    ["that is empty", Buffer.alloc(0)],
    ["whose header has another checksum", tarBytes([honest]).fill("x", 0, 1)],
    ["that is cut off", tarBytes([honest, { name: path, content: "x".repeat(2000) }]).subarray(0, 2048)],
    ["that says it is larger than it is", tarBytes([{ ...honest, size: 2 ** 30 }])],
    ["whose gzip is damaged", gzipSync(tarBytes([honest])).fill("x", 40, 60)],
    ["whose gzip is cut off", gzipSync(tarBytes([honest])).subarray(0, 60)],
    ["in gzip in gzip", gzipSync(gzipSync(tarBytes([honest])))],
    ["in zstd", zstdCompressSync(tarBytes([honest]))],
    ["in zstd in gzip", gzipSync(zstdCompressSync(tarBytes([honest])))],
    ["with a name of 2 MiB", tarBytes([{ name: "x", type: "L", content: "x".repeat(2 * MiB) }, honest])],
  ])("an archive %s is a problem, and breaks nothing", async (_what, bytes) => {
    const submission = await readBytes(bytes);
    expect(submission.problem).toMatch(/^Expected a tar archive, got one that is damaged: /);
    expect(submission.answers.size).toBe(0);
  });

  test("what follows the end of an archive is not looked at", async () => {
    const bytes = Buffer.concat([tarBytes([honest]), tarBytes([{ name: path, content: "x" }])]);
    expect(takenOf(await readBytes(bytes))).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("an archive with too many entries is a problem", async () => {
    const bytes = tarBytes(Array.from({ length: 30 }, (_, index) => ({ name: `x/${index}` })));
    expect((await readBytes(bytes, { entries: 20 })).problem).toContain(
      "Expected at most 20 files and folders",
    );
  });

  test("attributes without end are read in a straight line", async () => {
    // Readers that look for the next space from each byte on read this a million times.
    const entry = { name: "x", type: "x", content: "1\t".repeat(MiB / 2 - 1) };
    const { problem } = await readBytes(tarBytes([...Array.from({ length: 40 }, () => entry), honest]));
    expect(problem).toBeUndefined();
  });

  describe("a bomb of 10 GiB", () => {
    test.each([
      ["in an answer's file", tarBytes([{ name: path, size: 2 ** 32 }]).subarray(0, 512)],
      ["in a file that nobody wants", tarBytes([{ name: "zeros", size: 2 ** 32 }]).subarray(0, 512)],
      ["in no file at all", Buffer.alloc(0)],
    ])("%s is refused when the limit is reached, or before", async (_what, head) => {
      using mine = handIn();
      const { intake, said } = await readFile(mine, gzippedZeros(10 * 1024, Buffer.from(head)));
      // Zeros are the end of an archive: where no file holds them, nothing more is unpacked.
      expect(said).toMatch(/Expected at most 64 MiB once unpacked|got no files at all$/);
      expect(intake.unpackedBytes).toBeLessThanOrEqual(64 * MiB + 64 * 1024);
      expect(intake.submission().answers.size).toBe(0);
    });
  });
});

/** What came of it, and of what it said. */
async function readFile(mine: HandIn, bytes: Buffer): Promise<{ intake: Intake; said: string }> {
  const exercises = mine.course.labels.map((label) => mine.course.exercise(label));
  const intake = new Intake(mine.course, exercises);
  await using file = await open(mine.write("me.tar", bytes));
  try {
    await readTar(file, intake);
    return { intake, said: intake.submission().problem ?? "" };
  } catch (error) {
    return { intake, said: error instanceof Error ? error.message : "" };
  }
}
