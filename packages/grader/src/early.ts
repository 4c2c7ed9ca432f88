export { readExercise, readHints, type Exercise, type Hints } from "./exercise.ts";
export { spawnEarly } from "./process/spawn-answer.ts";
