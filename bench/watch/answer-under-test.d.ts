/** The answer: `vitest-lane.ts` says where it lies. */
declare module "answer-under-test";
