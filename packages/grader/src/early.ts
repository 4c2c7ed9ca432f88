export { readExercise, readHints, type Exercise, type Hints } from "./exercise.ts";
export { printable } from "./printable.ts";
export { spawnEarly } from "./process/spawn-answer.ts";
export { Seed } from "./seed.ts";
