export { afterAll, expect } from "vitest";
export { answer, type AnswerOptions } from "./answer.ts";
export { field } from "./field.ts";
export { mark } from "./mark.ts";
export { page } from "./page.ts";
export { Random, seed } from "./random.ts";
export type { Seed } from "../seed.ts";
export { evidence, NoEvidence } from "./statistics.ts";
export type {
  Answer,
  AnswerStatistics,
  Crossed,
  RemoteFunction,
  RemoteInstance,
  RemoteMethod,
} from "./remote.ts";
export { quietly, step } from "./story.ts";
export { test, type Teaching } from "./test.ts";
export { untilSeen } from "./until-seen.ts";
export { awaitEvidence, eventually, type WaitOptions } from "./wait.ts";
export { timeline, type TimelineSource } from "./wire.ts";
