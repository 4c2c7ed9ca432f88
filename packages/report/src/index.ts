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
