import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../commands.ts";
import { openCourse } from "../course/course.ts";
import { readTrack, trackNames } from "../course/track.ts";
import { smallCourse } from "../testing/small-course.ts";
import { readPoints } from "./points/points.ts";

// What the instructor's pages say of the course is so: links, names, numbers and options.

const course = openCourse();
const docs = join(course.root, "docs");
const folder = join(docs, "instructors");
const pages = [join(docs, "instructors.md"), ...readdirSync(folder).map((name) => join(folder, name))];
const teaching = readFileSync(join(folder, "teaching.md"), "utf8");

const grade = await commands["grade"]?.();
const noGrade = grade === undefined ? " (skipped: there is no command grade)" : "";

test.each(pages.map((page) => [relative(docs, page), page]))(
  "every link of %s leads somewhere",
  (_, page) => {
    const broken: string[] = [];
    for (const [, target = ""] of readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/gu)) {
      if (/^https?:/u.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      if (!existsSync(file) || (anchor !== undefined && !anchors(file).includes(anchor))) broken.push(target);
    }
    expect(broken).toEqual([]);
  },
);

test("each exercise has its section, in the course's order", () => {
  const headings = [...teaching.matchAll(/^## (\d\d) (\S+)$/gmu)].map(
    ([, number, name]) => `${number}-${name}`,
  );
  expect(headings).toEqual(course.labels);
});

describe.each(course.labels)("%s", (label) => {
  const section = sectionOf(label);
  const lesson = readFileSync(join(course.root, "exercises", label, "README.md"), "utf8");

  test("takes as long as its lesson says, and has as many tests", () => {
    const [, said] = /^\*About (two hours|\d+ minutes)/mu.exec(lesson) ?? [];
    const [, told, tests] = /^(\w+ \w+), (\d+) tests\./mu.exec(section) ?? [];
    expect(told?.toLowerCase()).toBe(said);
    expect(Number(tests)).toBe(course.exercise(label).hints.length);
  });

  test("has one thing to look at, a belief, and three questions", () => {
    expect(section.match(/^- \*\*(Look at|Listen for|Talk about)\*\*/gmu)).toEqual([
      "- **Look at**",
      "- **Listen for**",
      "- **Talk about**",
    ]);
    expect(section.match(/^ {2}\d\. /gmu)).toEqual(["  1. ", "  2. ", "  3. "]);
  });

  test("names beliefs that are kept in mistakes/", () => {
    const listen = section.slice(section.indexOf("**Listen for**"), section.indexOf("**Talk about**"));
    const kept = readdirSync(join(course.root, "mistakes", label));
    const named = [...listen.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/gu)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(kept).toContain(name);
  });
});

test.skipIf(grade === undefined)(`the guide names every option of grade, and no other one${noGrade}`, () => {
  const guide = readFileSync(join(docs, "instructors.md"), "utf8");
  const table = guide.slice(guide.indexOf("## What grade does"), guide.indexOf("Exit codes are for a CI."));
  const told = [...table.matchAll(/^\| `--([a-z-]+)/gmu)].map(([, name]) => name ?? "");
  expect(told.toSorted()).toEqual(Object.keys(grade?.options ?? {}).toSorted());
});

test("the file of points that is shown comes out as it is written, also with the track that the guide adds", () => {
  const guide = readFileSync(join(docs, "instructors.md"), "utf8");
  const [, text = ""] = /^### Points$.*?^```text\n(.*?)^```$/msu.exec(guide) ?? [];
  const [, track = ""] = /`(track payments \d+)`/u.exec(guide) ?? [];
  const tracks = trackNames(course).map((name) => readTrack(course, name));
  const exercises = course.labels.map((each) => course.exercise(each));
  const written = readPoints(text, exercises, { tracks });
  expect(written.filter(({ points }) => points !== 10).map(({ label, points }) => [label, points])).toEqual([
    ["04-framing", 20],
  ]);
  expect(written.find(({ label }) => label === "04-framing")?.tests.map(({ weight }) => weight)).toEqual(
    expect.arrayContaining([0, 1, 3]),
  );
  const graded = readPoints(`${text}${track}\n`, exercises, { tracks });
  const inTrack = graded.filter(({ label }) => readTrack(course, "payments").labels.includes(label));
  expect(inTrack.map(({ points }) => points)).toEqual([20, 8, 8, 8, 8, 8]);
});

test("the track that is shown is one", () => {
  const guide = readFileSync(join(docs, "instructors.md"), "utf8");
  const [, text = ""] = /^### A track$.*?^```text\n(.*?)^```$/msu.exec(guide) ?? [];
  using small = smallCourse("01-encapsulation", "02-cidr", "04-framing");
  small.write("tracks/bytes.txt", text);
  expect(readTrack(small, "bytes")).toEqual({
    name: "bytes",
    title: "Weeks 1 to 3: bytes",
    labels: ["01-encapsulation", "02-cidr", "04-framing"],
  });
});

/** The anchors that a forge makes of a page's headings. */
function anchors(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gmu)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function sectionOf(label: string): string {
  const start = teaching.indexOf(`## ${label.slice(0, 2)} ${label.slice(3)}\n`);
  const end = teaching.indexOf("\n## ", start + 1);
  return teaching.slice(start, end === -1 ? undefined : end);
}
