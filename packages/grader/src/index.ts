export { grade, Grader, type GradeOptions, type TestEnd } from "./grade.ts";
export { readExercise, readHints, type Exercise, type Hints } from "./exercise.ts";
export { endDescendants, leftBehind } from "./process/left-behind.ts";
export type { TestVerdict, Verdict, Wire } from "./verdict.ts";
export type { Failure } from "./suite/failure.ts";
export { AnswerFailure, type AnswerFailureCode } from "./wire/answer-failure.ts";
