import { openCourse } from "../course/course.ts";
import { run } from "../workshop.ts";

/** `pnpm workshop …` on the course in the folder that is named first. */
const [root, ...argv] = process.argv.slice(2);
process.exit(await run(argv, process.stdout, openCourse(root)));
