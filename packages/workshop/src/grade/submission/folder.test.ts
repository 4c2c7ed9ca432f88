import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { handIn, refusedOf, takenOf } from "../../testing/hand-in.ts";
import { Directory } from "./directory.ts";

const noFifo = process.platform === "win32";
const noProc = process.platform !== "linux";
const isRoot = process.getuid?.() === 0;

describe("a folder that is handed in", () => {
  test("gives the files that the exercises name, and lists all others", async () => {
    using mine = handIn();
    mine.write("me/exercises/04-framing/framing.ts", "a");
    mine.write("me/exercises/04-framing/framing.test.ts", "patched");
    mine.write("me/exercises/04-framing/node_modules/vitest/index.js", "patched");
    mine.write("me/exercises/04-framing/helper.ts", "b");
    mine.write("me/vitest.config.ts", "patched");
    mine.write("me/.git/config", "[core]");
    const submission = await mine.read("me");
    expect(takenOf(submission)).toEqual(["04-framing/framing.ts: a"]);
    expect(submission.refused).toEqual([]);
    expect(submission.ignored).toEqual([
      ".git/",
      "exercises/04-framing/framing.test.ts",
      "exercises/04-framing/helper.ts",
      "exercises/04-framing/node_modules/",
      "vitest.config.ts",
    ]);
  });

  test("a file that is a link is refused, wherever it leads", async () => {
    using mine = handIn();
    const secret = mine.write("secret.ts", "secret");
    mine.write("me/05-echo/echo.ts", "mine");
    mkdirSync(join(mine.folder, "me/04-framing"));
    symlinkSync(secret, join(mine.folder, "me/04-framing/framing.ts"));
    const submission = await mine.read("me");
    expect(refusedOf(submission)).toEqual([
      "04-framing/framing.ts: Expected a regular file, got a link: hand in the file itself",
    ]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test.each(["04-framing", "exercises", "exercises/04-framing", "clone", "clone/04-framing"])(
    "nothing is read through a link in the place of the folder %s",
    async (place) => {
      using mine = handIn();
      for (const path of ["elsewhere/framing.ts", "elsewhere/04-framing/framing.ts"])
        mine.write(path, "secret");
      mine.write(`class/me/${place}/x`, "");
      rmSync(join(mine.folder, "class/me", place), { recursive: true });
      symlinkSync(join(mine.folder, "elsewhere"), join(mine.folder, "class/me", place));
      const { answers, refused, ignored } = await mine.read("class");
      expect(answers.size).toBe(0);
      expect([...refused.map(({ path }) => path), ...ignored]).toEqual([place]);
    },
  );

  test("a hard link is refused: it is another file's content", async () => {
    using mine = handIn();
    const secret = mine.write("secret.ts", "secret");
    mkdirSync(join(mine.folder, "me/04-framing"), { recursive: true });
    linkSync(secret, join(mine.folder, "me/04-framing/framing.ts"));
    expect(refusedOf(await mine.read("me"))).toEqual([
      "04-framing/framing.ts: Expected a file of its own, got a hard link, which is another file's content: hand in a copy",
    ]);
  });

  test.skipIf(noFifo)("a pipe is refused and not waited for (skipped where there is no mkfifo)", async () => {
    using mine = handIn();
    mine.write("me/05-echo/echo.ts", "mine");
    mkdirSync(join(mine.folder, "me/04-framing"));
    execFileSync("mkfifo", [join(mine.folder, "me/04-framing/framing.ts")]);
    const submission = await mine.read("me");
    expect(refusedOf(submission)).toEqual([
      "04-framing/framing.ts: Expected a regular file, got a device, a pipe or a socket",
    ]);
    expect(takenOf(submission)).toEqual(["05-echo/echo.ts: mine"]);
  });

  test.skipIf(noFifo)(
    "a pipe in the place of a learner's archive is that learner's problem (skipped where there is no mkfifo)",
    async () => {
      using class_ = handIn();
      class_.write("class/alice/04-framing/framing.ts", "mine");
      execFileSync("mkfifo", [join(class_.folder, "class/bob.zip")]);
      const [, bob] = await class_.find(["class"]);
      expect((await bob?.read())?.problem).toBe("Expected a regular file, got a device, a pipe or a socket");
      // The name of the archive itself, where nothing was looked at before it is opened.
      await expect(class_.find(["class/bob.zip"])).rejects.toThrow("Expected a folder or an archive");
    },
  );

  test("a file with the right name that is a folder has nothing in it", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts/framing.ts", "x");
    mine.write("me/05-echo/echo.ts", "mine");
    expect(takenOf(await mine.read("me"))).toEqual(["05-echo/echo.ts: mine"]);
  });

  test("a file of one byte too many is refused, also where it is sparse and huge", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts", "x".repeat(256 * 1024));
    mine.write("me/05-echo/echo.ts", "x".repeat(256 * 1024 + 1));
    expect(takenOf(await mine.read("me"))).toHaveLength(1);
    truncateSync(join(mine.folder, "me/04-framing/framing.ts"), 2 ** 40);
    expect(refusedOf(await mine.read("me"))).toEqual([
      "04-framing/framing.ts: Expected a file of at most 256 KiB, got 1048576 MiB",
      "05-echo/echo.ts: Expected a file of at most 256 KiB, got 256 KiB",
    ]);
  });

  test.each([
    ["04-framing/Framing.ts", "Expected the name 04-framing/framing.ts, written exactly so"],
    [
      "Exercises/04-framing/framing.ts",
      "Expected the name exercises/04-framing/framing.ts, written exactly so",
    ],
    ["04-framing/fr\u0430ming.ts", "got one with U+0430 in it, which only looks alike"],
    ["04-framing/fram\u200Bing.ts", "got one with U+200B in it, which only looks alike"],
    ["04-framing/\uFF46raming.ts", "got one with U+FF46 in it, which only looks alike"],
    ["04\u2010framing/framing.ts", "got one with U+2010 in it, which only looks alike"],
  ])("%j is told from the name it looks like", async (path, reason) => {
    using mine = handIn();
    mine.write(`me/${path}`, "x");
    const { answers, refused } = await mine.read("me");
    expect(answers.size).toBe(0);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toContain(reason);
  });

  test("backslashes and control characters in names are refused, and shown harmless", async () => {
    using mine = handIn();
    mine.write("me/04-framing\\framing.ts", "x");
    mine.write("me/04-framing/\n::error::x/framing.ts", "x");
    mine.write("me/05-echo/echo.ts", "mine");
    expect(refusedOf(await mine.read("me"))).toEqual([
      "04-framing/\\x0a\\x3a:error\\x3a:x/framing.ts: Expected a path below the submission's folder, but its path has a control character in it",
      "04-framing\\framing.ts: Expected a path below the submission's folder, but its path has a backslash in it: folders are separated by /",
    ]);
  });

  test("of a folder with more entries than the limit nothing is taken, and no more are looked at", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts", "mine");
    for (let index = 0; index < 30; index++) mine.write(`me/zoo/${index}`, "");
    const { problem, answers } = await mine.read("me", { limits: { entries: 20 } });
    expect(problem).toBe(
      "Expected at most 20 files and folders, got more: hand in exercises/ only, without node_modules",
    );
    expect(answers.size).toBe(0);
  });

  test("at most 100 ignored names are listed; all are counted", async () => {
    using mine = handIn();
    mine.write("me/04-framing/framing.ts", "mine");
    for (let index = 0; index < 120; index++) mine.write(`me/zoo/${index}`, "");
    const { ignored, ignoredCount } = await mine.read("me");
    expect([ignored.length, ignoredCount]).toEqual([100, 120]);
  });

  test("folders within folders are looked into so deep and no deeper", async () => {
    using mine = handIn();
    mine.write(`me/${"d/".repeat(50)}framing.ts`, "x");
    mine.write("me/04-framing/framing.ts", "mine");
    expect((await mine.read("me")).ignored).toEqual(["d/d/d/d/d/d/d/d/"]);
  });

  test.skipIf(isRoot)("a file that must not be read is refused (skipped for root, who may)", async () => {
    using mine = handIn();
    chmodSync(mine.write("me/04-framing/framing.ts", "x"), 0);
    expect((await mine.read("me")).refused[0]?.reason).toBe("Expected a file that can be read, got EACCES");
  });

  test("the files of several roots are never mixed: the clone's own place goes first", async () => {
    using mine = handIn();
    mine.write("me/exercises/04-framing/framing.ts", "first");
    mine.write("me/05-echo/echo.ts", "second");
    const submission = await mine.read("me");
    expect(takenOf(submission)).toEqual(["04-framing/framing.ts: first"]);
    expect(refusedOf(submission)).toEqual(["05-echo/echo.ts: Expected it at exercises/05-echo/echo.ts"]);
  });
});

describe("Directory", () => {
  test.skipIf(noProc)(
    "reads what was opened, also when a link has taken the folder's place since (skipped without /proc)",
    async () => {
      using mine = handIn();
      mine.write("me/inner/framing.ts", "mine");
      mine.write("elsewhere/framing.ts", "secret");
      await using directory = await Directory.open(join(mine.folder, "me"));
      await using inner = await directory.folder("inner");
      renameSync(join(mine.folder, "me/inner"), join(mine.folder, "me/moved"));
      symlinkSync(join(mine.folder, "elsewhere"), join(mine.folder, "me/inner"));
      await using file = await inner.file("framing.ts");
      expect(await file.readFile("utf8")).toBe("mine");
      await expect(directory.folder("inner")).rejects.toMatchObject({ code: "ENOTDIR" });
    },
  );

  test("opens no link", async () => {
    using mine = handIn();
    writeFileSync(join(mine.folder, "target"), "secret");
    symlinkSync("target", join(mine.folder, "link"));
    await using directory = await Directory.open(mine.folder);
    await expect(directory.file("link")).rejects.toMatchObject({ code: "ELOOP" });
  });
});
