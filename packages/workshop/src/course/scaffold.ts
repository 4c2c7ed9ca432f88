import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stubName, type Course } from "./course.ts";
import { packageWith, turboWith } from "./scaffold-tasks.ts";
import { UserError } from "./user-error.ts";

const templates = fileURLToPath(new URL("../../templates", import.meta.url));
const shelves = ["exercises", "solutions", "mistakes"];
const labelForm = /^\d\d-[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Writes an exercise that passes every gate but its recorded texts, to be filled with another one: lesson, hints, stub,
 * suite, solution, mistakes, and the task that proves it.
 *
 * @returns the files it wrote, from the project's root
 * @throws {UserError} before anything is written, when the label is none, or it or its number is taken
 */
export function scaffold({ root }: Course, label: string): string[] {
  refuseTaken(root, label);
  const name = label.slice(3);
  const fill = (text: string): string =>
    text
      .replaceAll("{{label}}", label)
      .replaceAll("{{number}}", label.slice(0, 2))
      .replaceAll("{{name}}", name)
      .replaceAll("{{title}}", title(name));
  const files = new Map<string, string>();
  for (const template of globSync("**/*.txt", { cwd: templates }).toSorted()) {
    const [shelf = "", ...rest] = template.replaceAll("\\", "/").split("/");
    const file = [shelf, label, ...rest].join("/").replace(/\.txt$/, "");
    files.set(file.replace(/\/name\./, `/${name}.`), fill(readFileSync(join(templates, template), "utf8")));
  }
  files.set(`mistakes/${label}/${stubName}/${name}.ts`, files.get(`exercises/${label}/${name}.ts`) ?? "");
  for (const [file, change] of [
    ["package.json", packageWith],
    ["turbo.json", turboWith],
  ] as const) {
    files.set(file, change(readFileSync(join(root, file), "utf8"), label));
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return [...files.keys()];
}

function refuseTaken(root: string, label: string): void {
  if (!labelForm.test(label))
    throw new UserError(`Expected a label such as 17-dns-cache (two digits, then words), got "${label}"`);
  for (const shelf of shelves) {
    const folder = join(root, shelf);
    if (!existsSync(folder)) continue;
    const taken = readdirSync(folder).find((name) => name.startsWith(label.slice(0, 3)));
    if (taken !== undefined)
      throw new UserError(
        `Expected a number that is free, got "${label}": there is ${shelf}/${taken}. Nothing was written.`,
      );
  }
}

/** `dns-cache`: `Dns cache` */
function title(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
