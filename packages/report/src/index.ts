export type {
  Canary,
  ExerciseResult,
  GradedExercise,
  GradeReport,
  Seal,
  SubmissionResult,
  TestResult,
} from "./grade-report.ts";
export { toClassHtml } from "./html/class-html.ts";
export { toLearnerHtml } from "./html/learner-html.ts";
export { toMarkdown, type MarkdownOptions } from "./markdown/markdown.ts";
export { toTerminal, type TerminalOptions } from "./terminal/terminal.ts";
export { classroom } from "./classroom.ts";
export { classroom50, type Classroom50Run } from "./classroom50.ts";
export { csv } from "./csv.ts";
export { ctrf } from "./ctrf.ts";
export { exercism } from "./exercism.ts";
export { gradescope, type GradescopeOptions } from "./gradescope.ts";
export { junit } from "./junit.ts";
