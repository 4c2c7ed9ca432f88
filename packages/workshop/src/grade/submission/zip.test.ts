import { describe, expect, test } from "vitest";
import { deflatedZeros } from "../../testing/bomb.ts";
import { handIn, refusedOf, takenOf } from "../../testing/hand-in.ts";
import { zipBytes, type ZipEntry } from "../../testing/zip-bytes.ts";
import { Intake } from "./intake.ts";
import type { Submission } from "./submission.ts";
import { readZip } from "./zip.ts";

const path = "04-framing/framing.ts";
const honest: ZipEntry = { name: "05-echo/echo.ts", content: "mine" };

async function readBytes(bytes: Buffer, limits = {}): Promise<Submission> {
  using mine = handIn();
  mine.write("me.zip", bytes);
  return await mine.read("me.zip", { limits });
}

function read(...entries: ZipEntry[]): Promise<Submission> {
  return readBytes(zipBytes(entries));
}

describe("a zip archive that is handed in", () => {
  test.each(["", "exercises/", "me-main/", "me-main/exercises/"])(
    "gives the files below %j, stored or deflated",
    async (prefix) => {
      const submission = await read(
        { name: prefix === "" ? "04-framing/" : prefix, method: 0 },
        { name: `${prefix}${path}`, content: "a".repeat(1000) },
        { name: `${prefix}05-echo/echo.ts`, content: "b", method: 0 },
        { name: `${prefix}README.md`, content: "c" },
      );
      expect(takenOf(submission)).toEqual([`${path}: ${"a".repeat(1000)}`, "05-echo/echo.ts: b"]);
      expect(submission.ignored).toEqual([`${prefix}README.md`]);
    },
  );

  test("takes no notice of what macOS adds", async () => {
    const submission = await read(
      { name: `me/${path}`, content: "a" },
      { name: `__MACOSX/me/04-framing/._framing.ts` },
      { name: `__MACOSX/${path}` },
    );
    expect(takenOf(submission)).toEqual([`${path}: a`]);
  });

  test("the archive of a class, with an archive of each learner, is told what to do", async () => {
    const submission = await read({ name: "Ann_1_assignsubmission_file_/a.zip" }, { name: "Bob_2/b.zip" });
    expect(submission.problem).toContain(
      "got only Ann_1_assignsubmission_file_/a.zip, Bob_2/b.zip. An archive in it is not opened: unpack that first",
    );
  });

  test("several folders around the exercises are one too many", async () => {
    const submission = await read({ name: `a/${path}` }, { name: "b/05-echo/echo.ts" });
    expect(submission.answers.size).toBe(0);
    expect(submission.problem).toBe(
      "Expected one folder with answers, got 2: a, b. One learner hands in one; the archive of a whole class is to be unpacked first",
    );
    expect(refusedOf(submission)).toContain(
      `a/${path}: Expected one folder around the exercises, got 2: hand in one`,
    );
  });

  test.each([
    [`../${path}`, "its path leads out of the folder through .."],
    [`04-framing/../../${path}`, "its path leads out of the folder through .."],
    [`/${path}`, "its path is absolute: it must begin at the folder you hand in"],
    [`C:/${path}`, "its path is absolute: it must begin at the folder you hand in"],
    ["04-framing\\framing.ts", "its path has a backslash in it: folders are separated by /"],
    ["..\\..\\framing.ts", "its path has a backslash in it: folders are separated by /"],
    ["04-framing//framing.ts", "its path has an empty part in it"],
    ["04-framing/./framing.ts", "its path has an empty part in it"],
    ["04-framing/framing.ts\0", "its path has a control character in it"],
    [`04-framing\n/framing.ts`, "its path has a control character in it"],
    [`${"x/".repeat(600)}framing.ts`, "its path has more than 1024 characters"],
  ])("refuses the path %j and takes the others", async (name, reason) => {
    const submission = await read({ name, content: "x" }, honest);
    expect(submission.refused.map((one) => one.reason)).toEqual([
      `Expected a path below the submission's folder, but ${reason}`,
    ]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("what it says of a near miss is harmless, too", async () => {
    const { refused } = await read({ name: "::error::\u202E##[x]/04-framing/Framing.ts" });
    expect(refused.map(({ reason }) => reason)).toEqual([
      "Expected the name \\x3a:error\\x3a:\\u202e\\x23#[x]/04-framing/framing.ts, got one with U+202E in it, which only looks alike",
    ]);
  });

  test.each([
    ["a link", { mode: 0o120777, content: "/etc/passwd" }, "Expected a regular file, got a link"],
    ["a pipe", { mode: 0o010644 }, "Expected a regular file, got a device, a pipe or a socket"],
    ["a device", { mode: 0o020644 }, "Expected a regular file, got a device, a pipe or a socket"],
    ["encrypted", { flags: 0x801, content: "x" }, "Expected an archive without a password"],
    [
      "packed in a way of its own",
      { method: 99, content: "x" },
      "Expected a file that is stored or deflated, got method 99",
    ],
    ["too large", { content: "x".repeat(256 * 1024 + 1) }, "Expected a file of at most 256 KiB"],
    [
      "larger than it says",
      { content: "x".repeat(2000), size: 10 },
      "Expected the size that the archive says, got more",
    ],
    [
      "smaller than it says",
      { content: "x", size: 10 },
      "Expected the size and the checksum that the archive says",
    ],
    [
      "stored with another size",
      { content: "x", method: 0, size: 10 },
      "Expected the size and the checksum that the archive says",
    ],
    [
      "changed on its way",
      { content: "x", crc: 1 },
      "Expected the size and the checksum that the archive says",
    ],
    [
      "damaged",
      { content: "x", packed: Buffer.from("damaged") },
      "Expected a file that can be unpacked, got damaged data",
    ],
  ])("refuses a file that is %s and takes the others", async (_what, entry: Partial<ZipEntry>, reason) => {
    const submission = await read({ name: path, ...entry }, honest);
    expect(submission.refused[0]?.reason).toContain(reason);
    expect(submission.refused).toHaveLength(1);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("a file that is there twice is refused, not the last one taken", async () => {
    const submission = await read(honest, { name: path, content: "a" }, { name: path, content: "b" });
    expect(refusedOf(submission)).toEqual([`${path}: Expected it once, got it twice`]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("the name that Info-ZIP hides in an extra field is the name", async () => {
    const { crc32 } = await import("node:zlib");
    const hidden = Buffer.concat([Buffer.of(1, 0, 0, 0, 0), Buffer.from("../framing.ts")]);
    hidden.writeUInt32LE(crc32(path), 1);
    const extra = Buffer.concat([Buffer.of(0x75, 0x70, hidden.length, 0), hidden]);
    const submission = await read({ name: path, content: "x", extra }, honest);
    expect(refusedOf(submission)[0]).toContain("../framing.ts: ");
  });

  test("nothing below a link is taken", async () => {
    const submission = await read(
      { name: "04-framing", mode: 0o120777, content: "/etc" },
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
    [
      "whose files overlap",
      zipBytes([honest, { name: path, content: "mine", sharedWith: 0 }]),
      "whose files overlap",
    ],
    ["that is cut off", zipBytes([honest]).subarray(0, -30), "cut off, or none at all: hand it in again"],
    ["that is empty", Buffer.alloc(0), "cut off, or none at all"],
    ["that is none", Buffer.from("Rar!\u001a\u0007"), "cut off, or none at all"],
    [
      "whose central directory is encrypted",
      zipBytes([{ ...honest, flags: 0x41 }]),
      "strong encryption is not supported",
    ],
    ["whose end is at 2^64", zip64At(0xffffffffffffffffn), "cannot be read"],
    [
      "whose extra field is longer than it is",
      zipBytes([{ ...honest, extra: Buffer.of(1, 0, 255, 255) }]),
      "cannot be read",
    ],
  ])("an archive %s is a problem, and breaks nothing", async (_what, bytes, problem) => {
    const submission = await readBytes(bytes);
    expect(submission.problem).toContain(problem);
    expect(submission.answers.size).toBe(0);
  });

  test("an archive that is too large, or has too many entries, is a problem", async () => {
    const bytes = zipBytes(Array.from({ length: 30 }, (_, index) => ({ name: `x/${index}` })));
    expect((await readBytes(bytes, { archiveBytes: 100 })).problem).toContain(
      "Expected an archive of at most 100 bytes",
    );
    expect((await readBytes(bytes, { entries: 20 })).problem).toContain(
      "Expected at most 20 files and folders",
    );
  });

  describe("a bomb of 10 GiB", () => {
    const packed = deflatedZeros(10 * 1024);
    const GiB10 = 10 * 1024 ** 3;

    test.each([
      ["that says so", { packed, size: 0xffffffff }, "Expected a file of at most 256 KiB, got 4096 MiB"],
      ["that says it is small", { packed, size: 100 }, "Expected a file of at most 256 KiB, got 10"],
      ["whose packed data is small, too", { packed: packed.subarray(0, 200_000), size: 100 }, "got more"],
    ])("%s is refused before it is made", async (_what, entry, reason) => {
      using mine = handIn();
      const exercises = mine.course.labels.map((label) => mine.course.exercise(label));
      const intake = new Intake(mine.course, exercises);
      await readZip(zipBytes([{ name: path, ...entry }, { name: "other", ...entry }, honest]), intake);
      const submission = intake.submission();
      expect(submission.refused[0]?.reason).toContain(reason);
      expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
      expect(intake.unpackedBytes).toBe("mine".length);
    });

    test("really unpacks to 10 GiB, by its own blocks", () => {
      const one = deflatedZeros(1);
      // All but the two bytes of the last block, again and again.
      expect(packed.length).toBe((one.length - 2) * (GiB10 / 1024 ** 2) + 2);
    });
  });
});

/** An archive whose locator says that its directory's end is there: APPNOTE.TXT 4.3.15. */
function zip64At(offset: bigint): Buffer {
  const locator = Buffer.alloc(20);
  locator.write("PK\x06\x07", "latin1");
  locator.writeBigUInt64LE(offset, 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([locator, zipBytes([])]);
}
