export type {
  Canary,
  ExerciseResult,
  GradedExercise,
  GradeReport,
  Seal,
  SubmissionResult,
  TestResult,
} from "./grade-report.ts";
