import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../course/user-error.ts";
import { handIn, refusedOf, takenOf, type HandIn } from "../../testing/hand-in.ts";
import { stub } from "../../testing/small-course.ts";
import { zipBytes } from "../../testing/zip-bytes.ts";

describe("findSubmissions", () => {
  test.each([
    ["a whole clone of the course", "alice/exercises/04-framing/framing.ts", "alice", undefined],
    ["its exercises alone", "alice/04-framing/framing.ts", "alice", undefined],
    ["one exercise's file, where that exercise is asked for", "alice/framing.ts", "alice", ["04-framing"]],
    ["an exercise's own folder", "04-framing/framing.ts", "04-framing", undefined],
  ])("takes %s for one submission", async (_what, file, folder, asked) => {
    using class_ = handIn();
    class_.write(file, "mine");
    const options = asked === undefined ? {} : { asked };
    const sources = await class_.find([folder], options);
    expect(sources.map(({ id, source, kind }) => ({ id, source, kind }))).toEqual([
      { id: folder, source: folder, kind: "folder" },
    ]);
    expect(takenOf(await class_.read(folder, options))).toEqual(["04-framing/framing.ts: mine"]);
  });

  test("takes every child of another folder for a learner, and only the broken ones have a problem", async () => {
    using class_ = handIn();
    fillClass(class_);
    const sources = await class_.find(["class"]);
    const read = await Promise.all(
      sources.map(async ({ id, kind, source, read: readIt }) => {
        const { problem, answers } = await readIt();
        return `${id} ${kind} ${source}: ${problem ?? [...answers.keys()].join(" ")}`;
      }),
    );
    expect(read).toEqual([
      "alice folder class/alice: 04-framing 05-echo",
      "bob zip class/bob.zip: 04-framing",
      "carol tar class/carol.tgz: Expected a tar archive, got one that is damaged: Unrecognized archive format",
      "dan folder class/dan: Expected an answer to 04-framing or 05-echo, in its folder (exercises/NN-name/), got only notes.txt",
      "erin-1 zip class/erin 1/work.zip: 05-echo",
      "fred tar class/fred.rar: Expected a folder or an archive (.zip, .tar, .tar.gz, .tgz), got another kind of archive",
      "gina folder class/gina: Expected a regular file, got a link: hand in the file itself",
      "henry folder class/henry: 04-framing",
    ]);
  });

  test.each([
    [["a.txt"], ["04-framing"], "Expected exercises/04-framing/framing.ts, got only a.txt"],
    [
      ["05-echo/notes.md", "b", "c", "d", "e"],
      ["04-framing"],
      "Expected exercises/04-framing/framing.ts, got only 05-echo/notes.md, b, c and 2 files more",
    ],
    [
      ["Framing.ts"],
      ["04-framing"],
      "Framing.ts was left out. Expected the name framing.ts, written exactly so",
    ],
    [
      ["05-echo/framing.ts", "a/b/echo.ts"],
      ["04-framing", "05-echo"],
      "05-echo/framing.ts was left out, and 1 file more. Expected it at exercises/04-framing/framing.ts",
    ],
    [
      ["05-echo/echo.js"],
      ["04-framing", "05-echo"],
      "Expected an answer to 04-framing or 05-echo, in its folder (exercises/NN-name/), got only 05-echo/echo.js",
    ],
    [
      ["framing.ts"],
      ["04-framing", "05-echo"],
      "framing.ts was left out. Expected it at exercises/04-framing/framing.ts. With --exercise 04 it is taken where it is",
    ],
  ])(
    "of a submission without an answer says what was found, and what is looked for: %j",
    async (paths, asked, problem) => {
      using class_ = handIn();
      class_.write("class/bob/05-echo/echo.ts", "mine");
      class_.write("class/bob/04-framing/framing.ts", "mine");
      for (const path of paths) class_.write(`class/alice/${path}`, "no answer");
      const [alice] = await class_.find(["class"], { asked });
      expect((await alice?.read())?.problem).toBe(problem);
    },
  );

  test("gives ids that are unique and safe for file names, whatever the names are", async () => {
    using class_ = handIn();
    for (const name of [
      "Zoë O'Brien",
      "zoë-o-brien",
      "CON",
      "李 雷",
      "..x",
      "a\n::error::b",
      "-rf",
      "\u3164",
    ])
      class_.write(`class/${name}/04-framing/framing.ts`, "mine");
    const found = (await class_.find(["class"])).map(({ id, name }) => `${id}: ${name}`);
    expect(found).toEqual([
      "Zoë-O-Brien-2: Zoë O'Brien",
      "_CON: CON",
      "a-error-b: a\\x0a\\x3a:error\\x3a:b",
      "rf: -rf",
      "submission: \\u3164",
      "zoë-o-brien: zoë-o-brien",
      "李-雷: 李 雷",
    ]);
  });

  test.each([
    [
      ["Müller", "Muller", "李 雷", "Ольга", "नेहा"],
      ["Muller", "Müller", "Ольга", "नेहा", "李-雷"],
    ],
    // Who is really called so keeps the name, whatever others can wish for.
    [
      ["a b", "a-b", "a!b", "a-b-2"],
      ["a-b", "a-b-2", "a-b-3", "a-b-4"],
    ],
    [
      ["Anna", "\u0410nna", "ANNA"],
      ["ANNA", "Anna-2", "\u0410nna-3"],
    ],
    [
      ["Zoe\u0308", "Zo\u00EB"],
      ["Zo\u00EB", "Zo\u00EB-2"],
    ],
    [
      ["COM¹", "com1.x", "x.", "x"],
      ["COM", "_com1.x", "x", "x-2"],
    ],
    [["李".repeat(80)], ["李".repeat(32)]],
  ])("of the names %j the ids are %j", async (names, ids) => {
    using class_ = handIn();
    for (const name of names) class_.write(`class/${name}/04-framing/framing.ts`, "mine");
    expect((await class_.find(["class"])).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test("says who may be one learner twice", async () => {
    using class_ = handIn();
    class_.write("class/bob/04-framing/framing.ts", "mine");
    class_.write("class/bob.zip", zipBytes([{ name: "04-framing/framing.ts", content: "x" }]));
    class_.write("class/Müller/04-framing/framing.ts", "mine");
    class_.write("class/Muller/04-framing/framing.ts", "mine");
    expect(await class_.notices(["class"])).toEqual([
      "bob-2 (class/bob.zip) has the name of bob (class/bob), or one that looks alike: if this is one learner, keep one of the two",
    ]);
  });

  test("says which files beside the learners' are nobody's: who handed one in is not forgotten", async () => {
    using class_ = handIn();
    class_.write("class/bob/04-framing/framing.ts", "mine");
    for (const name of [".DS_Store", "Thumbs.db", "desktop.ini"]) class_.write(`class/${name}`, "");
    expect(await class_.notices(["class"])).toEqual([]);
    class_.write("class/mia.ts", "mine");
    expect(await class_.notices(["class"])).toEqual([
      "1 file beside the learners' folders is nobody's, and was not graded: class/mia.ts. Put it into a folder with the learner's name",
    ]);
    for (let number = 10; number < 22; number++) class_.write(`class/late-${number}.ts`, "mine");
    const [notice] = await class_.notices(["class", "class"]);
    expect(notice).toContain(
      "13 files beside the learners' folders are nobody's, and were not graded: class/late-10.ts,",
    );
    expect(notice).toContain("class/late-19.ts and 3 more. Put each into a folder with its learner's name");
  });

  test("takes what Canvas puts side by side, where one exercise is asked for", async () => {
    using class_ = handIn();
    const asked = ["04-framing"];
    for (const file of [
      "doejane_1234_56789_framing.ts",
      "doejane_1234_56790_notes.pdf",
      "roejohn_LATE_1235_56791_framing-2.ts",
      "doejane_1236_56792_Framing.ts",
      "poe_1237_56793_answer.docx",
    ])
      class_.write(`class/${file}`, file);
    class_.write("class/smith_1238_56794_work.zip", zipBytes([{ name: "framing.ts", content: "s" }]));
    const sources = await class_.find(["class"], { asked });
    const read = await Promise.all(
      sources.map(async ({ id, source, read: readIt }) => {
        const submission = await readIt();
        return [id, source, submission.problem ?? takenOf(submission)[0], submission.ignored];
      }),
    );
    expect(read).toEqual([
      [
        "doejane",
        "class/doejane_1234_56789_framing.ts",
        "04-framing/framing.ts: doejane_1234_56789_framing.ts",
        ["notes.pdf"],
      ],
      [
        "doejane-2",
        "class/doejane_1236_56792_Framing.ts",
        "Framing.ts was left out. Expected the name framing.ts, written exactly so",
        [],
      ],
      [
        "roejohn",
        "class/roejohn_LATE_1235_56791_framing-2.ts",
        "04-framing/framing.ts: roejohn_LATE_1235_56791_framing-2.ts",
        [],
      ],
      ["smith_1238_56794_work", "class/smith_1238_56794_work.zip", "04-framing/framing.ts: s", []],
    ]);
    expect((await class_.notices(["class"], { asked })).join()).toContain("class/poe_1237_56793_answer.docx");
  });

  test("reads no link that lies among Canvas's files", async () => {
    using class_ = handIn();
    class_.write("class/a_1_2_framing.ts", "mine");
    class_.write("secret", "secret");
    symlinkSync(join(class_.folder, "secret"), join(class_.folder, "class/b_2_3_framing.ts"));
    const sources = await class_.find(["class"], { asked: ["04-framing"] });
    const problems = await Promise.all(sources.map(async ({ read }) => (await read()).problem));
    expect(problems).toEqual([undefined, "Expected a regular file, got a link: hand in the file itself"]);
  });

  test("says where an answer of one's own makes one learner of a class", async () => {
    using class_ = handIn();
    class_.write("class/framing.ts", "mine");
    class_.write("class/notes/a.txt", "");
    expect(await class_.notices(["class"], { asked: ["04-framing"] })).toEqual([]);
    class_.write("class/bob/framing.ts", "mine");
    class_.write("class/carol.zip", "");
    class_.write("class/dan.zip", "");
    expect(await class_.find(["class"], { asked: ["04-framing"] })).toHaveLength(1);
    expect(await class_.notices(["class"], { asked: ["04-framing"] })).toEqual([
      "class was taken for one learner's, for framing.ts lies in it. There are 1 folder with an answer and 2 archives beside it: if these are learners', take framing.ts out",
    ]);
  });

  test("shows where each came from in one line that commands neither a terminal nor a CI system", async () => {
    using class_ = handIn();
    for (const name of ["a\n::error::b", "##vso[task.complete]", "\u001B[2Jc", "\u202Ed"])
      class_.write(`class/${name}/04-framing/framing.ts`, "mine");
    expect((await class_.find(["class"])).map(({ source }) => source)).toEqual([
      "class/\\x1b[2Jc",
      "class/a\\x0a\\x3a:error\\x3a:b",
      "class/\\u202ed",
      "class/\\x23#vso[task.complete]",
    ]);
  });

  test("counts what is named twice once", async () => {
    using class_ = handIn();
    class_.write("class/alice/04-framing/framing.ts", "mine");
    expect(await class_.find(["class", "class/alice", join(class_.folder, "class")])).toHaveLength(1);
  });

  test("knows the untouched stub, the imports, and the same answer again by its hash", async () => {
    using class_ = handIn();
    const text = 'import { encode } from "@tcpip-workshop/core";\nexport const a = 1;\n';
    for (const path of ["a", "b"]) class_.write(`${path}/04-framing/framing.ts`, text);
    class_.write("a/05-echo/echo.ts", stub);
    class_.write("b/05-echo/echo.ts", `${stub} `);
    const [a, b] = [(await class_.read("a")).answers, (await class_.read("b")).answers];
    expect(a.get("04-framing")?.imports).toEqual(["@tcpip-workshop/core"]);
    expect(a.get("04-framing")?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(a.get("04-framing")?.hash).toBe(b.get("04-framing")?.hash);
    expect([a, b].map((answers) => answers.get("05-echo")?.isStub)).toEqual([true, false]);
    expect(a.get("05-echo")?.hash).not.toBe(b.get("05-echo")?.hash);
  });

  test.each([
    [[], "Expected a folder, an archive or a git ref to grade, got none"],
    [
      ["nowhere"],
      "Expected a folder, an archive or a git ref of the course's repository, got nowhere, which is none",
    ],
    [["--upload-pack=x"], "got --upload-pack=x, which is none"],
    [
      ["empty"],
      "Expected a submission, or a folder of many, got empty: it holds no file of 04-framing or another exercise, and no",
    ],
    [["notes.txt"], "Expected a folder or an archive (.zip, .tar, .tar.gz, .tgz), got notes.txt"],
    [["\u001B[2J\n::error::"], "got \\x1b[2J\\x0a\\x3a:error\\x3a:, which is none"],
  ])("says what is wrong with the arguments %j", async (args, message) => {
    using class_ = handIn();
    mkdirSync(join(class_.folder, "empty"));
    class_.write("notes.txt", "");
    const error = await class_.find(args).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(message);
  });

  test("an argument that no file system takes is no reason to break", async () => {
    using class_ = handIn();
    await expect(class_.find(["x".repeat(5000)])).rejects.toThrow("which is none");
  });

  test("a file with the right name in the wrong place is not taken, and the learner hears of it", async () => {
    using class_ = handIn();
    class_.write("class/alice/deep/down/framing.ts", "mine");
    class_.write("class/alice/solutions/05-echo/echo.ts", "not mine");
    const submission = await class_.read("class");
    expect(submission.problem).toContain("Expected it at exercises/04-framing/framing.ts");
    expect(refusedOf(submission)).toEqual([
      "deep/down/framing.ts: Expected it at exercises/04-framing/framing.ts",
    ]);
    expect(submission.ignored).toEqual(["solutions/05-echo/echo.ts"]);
  });

  test("a copy elsewhere of an answer that was taken is no stray", async () => {
    using class_ = handIn();
    class_.write("alice/04-framing/framing.ts", "mine");
    class_.write("alice/old/framing.ts", "mine");
    const submission = await class_.read("alice");
    expect([refusedOf(submission), submission.ignored]).toEqual([[], ["old/framing.ts"]]);
  });

  test("reads no more when asked for one learner than that learner's", async () => {
    using class_ = handIn();
    class_.write("class/alice.zip", "broken");
    class_.write("class/bob/04-framing/framing.ts", "mine");
    const [alice, bob] = await class_.find(["class"]);
    expect((await alice?.read())?.problem).toContain("Expected a zip archive");
    expect((await bob?.read())?.answers.size).toBe(1);
  });

  test("never takes the course's own solutions and mistakes for an answer", async () => {
    using class_ = handIn();
    for (const shelf of ["solutions", "mistakes"])
      class_.write(`class/alice/${shelf}/04-framing/framing.ts`, "x");
    expect((await class_.read("class")).answers.size).toBe(0);
  });
});

function fillClass(class_: HandIn): void {
  for (const file of ["04-framing/framing.ts", "05-echo/echo.ts"])
    class_.write(`class/alice/${file}`, "mine");
  class_.write(
    "class/bob.zip",
    zipBytes([{ name: "bob-main/exercises/04-framing/framing.ts", content: "x" }]),
  );
  class_.write("class/carol.tgz", "not an archive");
  class_.write("class/dan/notes.txt", "I had no time");
  class_.write("class/erin 1/work.zip", zipBytes([{ name: "work/05-echo/echo.ts", content: "x" }]));
  class_.write("class/erin 1/cover-letter.pdf", "");
  class_.write("class/fred.rar", "Rar!");
  symlinkSync(class_.course.root, join(class_.folder, "class/gina"));
  class_.write("class/henry/my-clone/exercises/04-framing/framing.ts", "x");
  class_.write("class/grades.csv", "");
  class_.write("class/.hidden/04-framing/framing.ts", "");
  class_.write("class/node_modules/04-framing/framing.ts", "");
}
