import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { readdirSync, readFileSync } from "node:fs";
import { writeExercise } from "../testing/write-exercise.ts";
import { GraderProcess } from "../testing/grader-process.ts";
import { foldersOfHost } from "./walls.ts";
import { hostScript } from "./host-script.ts";
import { importable } from "./importable.ts";

describe("what an answer may import", () => {
  test("is the module, what that imports in turn, and no other module of the same package", () => {
    const { files, packages } = importable(["idempotency/sqlite"]);
    const names = files.map((file) => basename(file));
    expect(names).toEqual(expect.arrayContaining(["sqlite-store.ts", "package.json", "store.ts"]));
    expect(names).not.toContain("payment-handler.ts");
    expect(packages.map((folder) => basename(folder))).toContain("idempotency");
  });

  test("is nothing where the exercise gives nothing", () => {
    expect(importable([])).toEqual({ files: [], packages: [] });
  });

  test("is a module that there is, else the exercise is at fault", () => {
    expect(() => importable(["core/nothing"])).toThrow('got "@tcpip-workshop/core/nothing"');
    expect(() => importable(["nothing"])).toThrow('got "@tcpip-workshop/nothing"');
  });

  test("is not the package that does what the exercise asks for: that is said in words", async () => {
    using exercise = writeExercise(
      'test("one", teaching, async () => expect(await module.one()).toBe(1));',
      'export { encodeFrame as one } from "@tcpip-workshop/core/framing";',
      ["one"],
    );
    await using grader = new GraderProcess();
    const { tests } = await grader.grade(exercise, exercise.folder);
    expect(tests[0]?.failure?.problem).toMatch(
      /imports @tcpip-workshop\/core, which this exercise does not give you/,
    );
  });
});

test("the host, which every answer can read, holds no exercise's answer", () => {
  const read = foldersOfHost(hostScript()).flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );
  expect(read.length).toBeGreaterThan(5);
  const exercises = fileURLToPath(new URL("../../../../exercises", import.meta.url));
  const stub = readFileSync(`${exercises}/04-framing/framing.ts`, "utf8");
  const asked = Array.from(stub.matchAll(/export (?:class|function) (\w+)/g), ([, name = ""]) => name);
  expect(asked).toContain("LengthPrefixedDecoder");
  for (const name of asked) expect(read.join("\n")).not.toContain(name);
});
