import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openCourse } from "./course.ts";

const course = openCourse();
const pages = globSync(["*.md", "docs/**/*.md", "exercises/*/*.md", "packages/*/README.md"], {
  cwd: course.root,
  exclude: ["**/node_modules/**"],
});

test.each(pages)("every link in %s leads to a file, and to a heading in it", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test("every test that the syllabus quotes is in the exercise it names", () => {
  const titles = new Map(
    course.labels.map((label) => [label.slice(0, 2), course.exercise(label).hints.map(({ title }) => title)]),
  );
  const wrong: string[] = [];
  for (const row of read("docs/syllabus.md").split("\n")) {
    const tested = row.split("|")[3] ?? "";
    for (const [, number = "", title = ""] of tested.matchAll(/(\d\d) "([^"]+)"/g)) {
      if (!titles.get(number)?.includes(title)) wrong.push(`${number} "${title}"`);
    }
  }
  expect(wrong).toEqual([]);
});

function read(page: string): string {
  return readFileSync(join(course.root, page), "utf8");
}

function brokenLinks(page: string): string[] {
  return [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(course.root, target))) return [link];
    return anchor === undefined || anchorsOf(read(target)).has(anchor) ? [] : [link];
  });
}

/** As GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
