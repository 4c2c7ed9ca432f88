/** Where the things lie that a cheat is after. A real one would have to look for them; these are told. Never the secrets themselves. */
export interface Scene {
  /** A folder of the user's, in which the user may write. */
  folder: string;
  /** Files with a secret. */
  solution: string;
  suite: string;
  home: string;
  neighbour: string;
  /** A right answer to the exercise. */
  right: string;
  /** A SQLite database: `secrets(value)`. */
  database: string;
  /** A folder in which there is `<place>-<digit>.ts` for each hexadecimal digit of a secret. */
  digits: string;
  /** Environment variables of the grader with a secret, with the path of GitHub's summary, and of the report. */
  tokenVariable: string;
  summaryVariable: string;
  reportVariable: string;
  /** Services of the host's: each tells whoever connects a secret. The last takes, and tells nothing. */
  tcp: number;
  tcp6: number;
  udp: number;
  unix: string;
  abstract: string;
  outbox: number;
  /** A port that somebody else will need. */
  wanted: number;
  /** A key for what processes share (sysvipc(7)). */
  key: number;
  /** Another Node process of the user's, with a secret in its environment and in its command line; and where its inspector would listen. */
  victim: number;
  inspectorPort: number;
}

/** The harness puts this run's in its place. */
export const scene: Scene = JSON.parse("{}") as Scene;
