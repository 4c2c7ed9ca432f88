/** What the server tells the page, part by part, each whole: the page keeps nothing of its own. */
export interface PageData {
  work: Work;
  run: Run;
  verdict: VerdictView | null;
  sockets: SocketTable | null;
  hints: HintLadder[];
}

/** The exercise under grading, and the others. */
export interface Work {
  label: string;
  title: string;
  /** Where the answer is written: `exercises/04-framing/framing.ts`. */
  files: string[];
  exercises: { label: string; title: string }[];
}

/** How the grading stands. */
export interface Run {
  state: "waiting" | "grading" | "done" | "broken";
  /** How many tests are over, of how many. */
  done: number;
  total: number;
  /** How long the last one took, in milliseconds. */
  last: number | null;
  /** Why the grader broke. */
  message: string | null;
  /** Why files are looked at instead of watched; nothing where they are watched. */
  polling: string | null;
}

/** A verdict, in the order in which it is read. */
export interface VerdictView {
  status: "pass" | "fail" | "error";
  headline: string;
  /** What is said in front of everything else: the stub's welcome, why nothing could be graded, what comes after a pass. */
  intro: string[];
  first: FailureView | null;
  tests: TestView[];
}

interface TestView {
  title: string;
  status: "pass" | "fail";
  /** Milliseconds. */
  duration: number;
  /** What its network saw; empty where it has none, or none was kept. */
  wire: WireView[];
}

/** The first failure in full. */
interface FailureView {
  title: string;
  problem: string;
  steps: string[];
  texts: { title: string; lines: string[] }[];
  wire: WireView[];
  sockets: SocketTable | null;
  expected: string[];
  received: string[];
  why: string;
  read: string;
  perhaps: string[];
  hint: string;
  output: string;
}

/** What one proxy, relay, tap or peer saw, between two lifelines. */
export interface WireView {
  /** `the slow client`; empty where there is only one. */
  name: string;
  left: string;
  right: string;
  events: WireEventView[];
}

export interface WireEventView {
  /** Milliseconds since its source began; nothing where the source has no clock. */
  at: number | null;
  /** `#1`, or empty. */
  connection: string;
  /** Which way it goes; `none` for what happens at an end, `more` for those that were left out. */
  way: "right" | "left" | "none" | "more";
  what: string;
  /** What became of it. */
  mark: "data" | "fin" | "rst" | "lost" | "late" | "double" | "note";
}

/** The kernel's table of sockets. */
export interface SocketTable {
  columns: string[];
  rows: string[][];
  /** `… 8 more …`, or empty. */
  more: string;
  /** What the states that occur mean. */
  states: { name: string; meaning: string }[];
}

/** The hints for one test. */
export interface HintLadder {
  title: string;
  levels: number;
  /** Those that are open, as HTML, from the gentle end. */
  open: string[];
}
