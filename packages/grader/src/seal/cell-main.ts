// What runs in a cell: one grader, for one answer. It is told over the channel what to grade, and says what came of it.
import { writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readExercise } from "../exercise.ts";
import { Grader } from "../grade.ts";
import { inCell } from "./cell-layout.ts";
import type { CellTask } from "./cell.ts";
import { seccompFilter } from "./seccomp-filter.ts";

const grader = new Grader(inCell.course);

process.on("message", (task: CellTask) => {
  void grade(task).then(
    (verdict) => process.send?.({ verdict }),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.message : String(error) }),
  );
});
// Whoever asked is gone, and the cell with it. Not by exit(): while a suite runs, Vitest's runtime stands in its place.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.send?.({ ready: true });

async function grade({ exercise, label, options }: CellTask): Promise<unknown> {
  const filter = join(tmpdir(), "filter");
  const program = seccompFilter(process.arch);
  if (program === undefined)
    throw new Error(`Expected x64 or arm64, for which there is a filter, got ${process.arch}`);
  writeFileSync(filter, program);
  const verdict = await grader.grade(
    readExercise(join(inCell.course, exercise)),
    join(inCell.submission, label),
    {
      ...options,
      sealed: filter,
    },
  );
  // A cell is killed, and what it has compiled would go with it.
  flushCompileCache();
  return verdict;
}
