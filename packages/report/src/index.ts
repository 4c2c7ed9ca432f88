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
export { toClassroom } from "./classroom.ts";
export { toClassroom50, type Classroom50Run } from "./classroom50.ts";
export { toCsv } from "./csv.ts";
export { toCtrf } from "./ctrf.ts";
export { toExercism } from "./exercism.ts";
export { toGradescope, type GradescopeOptions } from "./gradescope.ts";
export { toJunit } from "./junit.ts";
