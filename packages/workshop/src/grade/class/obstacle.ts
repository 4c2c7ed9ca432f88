import type { Failure } from "@tcpip-workshop/grader";
import type { TestResult } from "@tcpip-workshop/report";

/**
 * What kept a test from asking what it is about. That a process died with words of its own is no such thing: an error that
 * nobody caught may well be what the test is about.
 */
export function obstacleIn({ isLoading, problem }: Failure): TestResult["obstacle"] {
  if (isLoading === true || neverLoaded.test(problem)) return "loading";
  const [, how, last] = died.exec(problem) ?? [];
  if (how === undefined) return undefined;
  return how === "exited with code 0" || last === "It printed nothing." ? "ended" : undefined;
}

const neverLoaded = /^Loading \S+ never (?:returned|settled)\b/;
const died = /^The process of \S+ (exited with code \d+|ended by \w+) while [^.]*\. ([^]*)$/;
