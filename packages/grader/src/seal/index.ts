export { tryAnswers, tryProbes, type Canary, type Grading } from "./canaries.ts";
export { Cell, type CellOptions } from "./cell.ts";
