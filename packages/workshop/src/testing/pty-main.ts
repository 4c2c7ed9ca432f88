import { openCourse } from "../course/course.ts";
import { run } from "../workshop.ts";

/** `pnpm workshop …` on the course in the folder that is named first; with `--crash` it dies of the first key. */
const [root, ...argv] = process.argv.slice(2);
if (argv[0] === "--crash") {
  argv.shift();
  process.stdin.once("data", () => {
    throw new Error("broken on purpose");
  });
}
process.exit(await run(argv, process.stdout, openCourse(root)));
