import { setTimeout } from "node:timers/promises";
import { openCourse } from "../../packages/workshop/src/course/course.ts";
import { LiveGrading } from "../../packages/workshop/src/live/live-grading.ts";
import type { Lane } from "./main.ts";
import type { Workbench } from "./workbench.ts";

/** `pnpm workshop`, less what it prints. */
export async function liveLane(bench: Workbench): Promise<Lane> {
  const live = LiveGrading.start(openCourse(bench.root), bench.label);
  const verdict = (): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const off = live.listen((event) => {
      if (event.kind === "broken") reject(new Error(event.message));
      if (event.kind !== "verdict") return;
      off();
      resolve(event.verdict.status);
    });
    return Promise.race([
      promise,
      setTimeout(60_000, undefined, { ref: false }).then(() => {
        throw new Error("No verdict came for a minute");
      }),
    ]);
  };
  await verdict();
  return {
    save: () => {
      const graded = verdict();
      bench.save();
      return graded;
    },
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
}
