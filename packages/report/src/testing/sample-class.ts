import type {
  Canary,
  ExerciseResult,
  GradedExercise,
  GradeReport,
  Seal,
  SubmissionResult,
  TestResult,
} from "../grade-report.ts";

/** How a class of so many is made up. The same each time: no chance, no clock. */
export interface SampleClass {
  learners: number;
  level?: Seal["level"];
  /** Canaries that got through. */
  broken?: number;
  /** Names in place of the made-up ones, from the first learner on. */
  ids?: string[];
}

/**
 * A class as a course has it: some pass all, most stand somewhere, a few handed in nothing, and the grader itself failed once.
 */
export function sampleClass({ learners, level = "sealed", broken = 0, ids = [] }: SampleClass): GradeReport {
  const random = noise(learners);
  return {
    schema: "tcpip-workshop/grade-report/1",
    startedAt: "2026-11-23T08:00:03.120Z",
    finishedAt: "2026-11-23T08:21:47.004Z",
    versions: {
      workshop: "0.0.0",
      node: "26.10.0",
      vitest: "5.1.1",
      kernel: "6.8.0-48-generic",
      bubblewrap: "0.9.0",
    },
    seal: {
      level,
      reason:
        level === "sealed"
          ? "Linux with bubblewrap, and every trial answer came out as it must."
          : "bubblewrap is not installed.",
      canaries: canaries.map((canary, index) => ({ ...canary, held: index < canaries.length - broken })),
    },
    exercises,
    submissions: Array.from({ length: learners }, (_, index) =>
      submission(ids[index] ?? nameOf(index), level, random),
    ),
  };
}

const titles: { [label: string]: string[] } = {
  "01-encapsulation": [
    "adds 16-bit words and folds every carry back in",
    "takes an odd last byte for the upper half of a word",
    "puts UDP's eight bytes in front of the payload",
    "covers addresses and payload with UDP's checksum",
    "sends ff ff where UDP's checksum comes out as 0",
    "puts IPv4's twenty bytes in front, with a checksum over them alone",
  ],
  "02-cidr": [
    "reads an address as one unsigned number, and spells it back",
    "refuses an octet with a leading zero",
    "refuses every spelling but four decimal octets",
    "reads a block as its network and its prefix length",
    "refuses every other spelling of a prefix length",
    "refuses a block with bits set after its prefix",
  ],
  "03-mtu": [
    "announces what is left of the MTU behind the two fixed headers",
    "fills a segment with what both ends take, less its options",
    "takes off what each tunnel puts around a packet",
    "needs two probes where the whole path takes the largest packet",
    "finds the exact size of a path that never says anything",
    "follows a router's report, and confirms it",
  ],
  "04-framing": [
    "puts the payload's length in front of it, in four bytes",
    "returns the payload of a frame that arrives whole",
    "returns both frames when one chunk carries two",
    "waits for the rest when a chunk ends inside a payload",
    "waits for the rest when a chunk ends inside a header",
    "returns a frame of no bytes for a length of zero",
  ],
  "05-tcp-echo": [
    "gives back what a client sends, while the connection is open",
    "gives back bytes that are no text exactly as they came",
    "answers a FIN with what it owes, and then with its own FIN",
    "keeps the bytes of many connections apart",
    "serves the next client after one has sent RST",
    "sends what it still holds when FIN comes",
  ],
  "06-udp-echo": [
    "sends each payload back to its sender, under the id it came with",
    "goes on after a datagram too short for an id, and after work that failed",
    "puts an id of its own in front of each payload, and returns the reply's payload",
    "gives each request the reply with its id, whatever order they come in",
    "sends the same datagram again when no reply comes",
    "waits up to twice as long after each attempt, by chance less, and gives up after the last",
  ],
  "07-time-wait": [
    "says whose table has TIME-WAIT after an ending",
    "sends 200 requests, one after another, over one connection",
    "opens as many connections as its size for fifty requests at once, and no more",
    "serves those who wait in the order in which they came",
    "closes an idle connection as soon as anything comes on it, and lends a fresh one",
    "rejects a request whose connection fails, and gives its place back",
  ],
  "08-keep-alive": [
    "sets the kernel's keepalive timer to the time it is given",
    "pings its peer, and gives it the whole time for its pong",
    "hands on every line but pongs, and pings again after each pong",
    "finds a peer whose process is stopped, though its kernel answers",
    "takes nothing but a pong for a sign of life",
    "tells once that a connection is lost, and nothing once it is closed",
  ],
  "09-nagle": [
    "gets the reply to each of its calls",
    "writes the whole call at once, without a moment's pause",
    "sends a call's body without waiting for the ACK of its header",
    "sends a call in few writes",
    "answers each call with two frames, in the order of the calls",
    "writes the whole reply at once, without a moment's pause",
  ],
  "10-backlog": [
    "knows how many clients get in while nobody accepts",
    "tells accepted from refused, and neither from an error of its own host",
    "gets no answer where the accept queue is full, and leaves no SYN behind",
    "calls a service healthy when it has said pong, and not before",
    "calls a process that hangs mute, although the kernel connects",
    "has one limit for the handshake and the reply together",
  ],
  "11-timeouts": [
    "sends the payload and FIN, and returns what comes before the server's FIN",
    "rejects with the system's error, as soon as it comes",
    "gives up with CONNECT_TIMEOUT when nobody answers the SYN",
    "gives up with IDLE_TIMEOUT when nothing comes and nothing goes",
    "gives up with TOTAL_TIMEOUT when bytes come for ever",
    "lets through what is slow and healthy",
  ],
  "12-timeout-budget": [
    "finds the hops whose time-out is shorter than what they wait for",
    "tells the next hop less than it waits itself",
    "plans no attempt that can't end in time",
    "passes a request on with what is left of its budget, and the reply back",
    "counts from the request, not from the connection",
    "calls nobody when the time is up already, or for what is no request",
  ],
  "13-diagnose": [
    "reads state, queues, addresses and ports of a row",
    "reads the rows in their order, with or without a header, and leaves out what is no row",
    "reads IPv6 addresses, which have colons of their own",
    "counts the rows of each state",
    "finds nothing wrong with healthy traffic",
    "blames CLOSE-WAIT on the program of this machine",
  ],
  "14-close-wait": [
    "counts the service's own sockets in CLOSE-WAIT, and nothing else",
    "closes its side when a client that has had its reply sends FIN",
    "closes when the FIN comes without a request, or in the middle of one",
    "leaves a client alone that is silent and has not sent FIN",
    "closes after a request that failed as after any other",
    "gives a client that half-closes its whole report, however slowly it reads",
  ],
  "15-idempotency": [
    "takes the money once for each key, and gives a receipt",
    "refuses what is no payment, and touches nothing",
    "gives the stored reply to the same key, also after a restart",
    "refuses a key that comes with another payment",
    "stores a refusal as final, like a receipt",
    "tells a second request that the first is under way",
  ],
  "16-capstone": [
    "gateway: charges once, however the request is cut, and answers each in its turn",
    "gateway: answers a known key from its store, and charges a key once",
    "gateway: has charged and remembered, or neither, when it is killed in the middle",
    "gateway: refuses what is no payment, what is too long, and what nobody waits for any more",
    "gateway: closes the silent, survives the rude, and answers who has said its last word",
    "gateway: drains: finishes what is under way, and waits for nobody else",
  ],
};

const exercises: GradedExercise[] = Object.entries(titles).map(([label, tests], index) => ({
  label,
  suiteHash: hash(index + 1),
  points: 10,
  tests: tests.map((title) => ({ title, weight: 1 })),
}));

const canaries: Omit<Canary, "held">[] = [
  { title: "The reference solution", detail: "All 15 tests pass." },
  { title: "An answer that ends its process with exit code 0", detail: "1 test failed, in words." },
  { title: "An answer that reads the solution", detail: "ENOENT: there is no such folder." },
  { title: "An answer that connects to the host's loopback", detail: "ECONNREFUSED: another network." },
];

const failure = `Behind a refused length nobody knows where a frame begins: the decoder must
stay in error

What we did to your code
  1. decoder = new LengthPrefixedDecoder({ maxFrameLength: 3 })
  2. decoder.push(00 00 00 03 68 65 79 00 00 00 03 79 6f 75)
                           ^ 3 bytes declared, as in the second header
     → [0] 68 65 79
       [1] 79 6f 75
  3. decoder.push(00 00 00 04)
                           ^ the header's last byte: 4 bytes declared
     → threw FramingError: Expected at most 3 bytes, got a header that
         declares 4 (code FRAME_TOO_LARGE)

Expected  { threw: "FRAME_TOO_LARGE" }
Received  { returned: [79 6f 75] }`;

const why =
  "Four bytes from a port scanner, and the connection waits for a gigabyte, and stores all that comes.";
const hint =
  "When do you know the length, with what do you compare it, and what does your decoder still know of a refusal?";

function submission(id: string, level: Seal["level"], random: () => number): SubmissionResult {
  const skill = random() ** 0.6;
  const stranger = random();
  const nothing = stranger > 0.985;
  const results = exercises.map((exercise, index): ExerciseResult => {
    const chance = random();
    if (nothing || (skill < 0.95 && index > 4 + skill * 16))
      return { ...unrun(exercise, "absent", random), level };
    if (chance > 0.997) return { ...unrun(exercise, "error", random), level };
    return { ...run(exercise, skill > 0.9 || chance < skill * 1.15 - index * 0.012, random), level };
  });
  return {
    id,
    source: `class/${id}.zip`,
    kind: "zip",
    refused:
      stranger < 0.02
        ? [{ path: "exercises/04-framing/framing.ts", reason: "It is a symbolic link to /etc/passwd." }]
        : [],
    ignored: stranger < 0.2 ? ["package.json", "exercises/04-framing/framing.test.ts", "notes.txt"] : [],
    ignoredCount: stranger < 0.2 ? 3 : 0,
    ...(nothing && { problem: "Expected a zip file, got one that ends in the middle of its directory." }),
    results,
    points: sum(results, ({ points }) => points),
    maxPoints: sum(results, ({ maxPoints }) => maxPoints),
  };
}

function run(
  { label, tests, points }: GradedExercise,
  passes: boolean,
  random: () => number,
): ExerciseResult {
  const worst = Math.floor(random() * random() * tests.length);
  const share = points / tests.length;
  const results = tests.map(({ title }, index): TestResult => {
    const status = passes || index < worst || (index > worst && random() < 0.6) ? "pass" : "fail";
    const common = {
      title,
      status,
      duration: 12,
      maxPoints: share,
      why,
      hint,
      read: 'lesson "A length from a stranger"; RFC 9113 §4.2',
    };
    return status === "pass"
      ? { ...common, points: share, output: "" }
      : { ...common, points: 0, text: failure, output: "received 14 bytes\nreceived 4 bytes\n" };
  });
  return {
    ...base(label, points, random),
    status: passes ? "pass" : "fail",
    seed: hash(Math.floor(random() * 1e9)).slice(0, 32),
    duration: 1234,
    points: Math.round(sum(results, (test) => test.points) * 100) / 100,
    tests: results,
  };
}

function unrun(
  { label, points }: GradedExercise,
  status: "error" | "absent",
  random: () => number,
): ExerciseResult {
  const reason =
    status === "error"
      ? "The grader's process ended in the middle, twice (signal SIGKILL)."
      : "It is not in the submission.";
  const whole = base(label, points, random);
  return { ...whole, ...(status === "absent" && { answerHash: "", files: [], imports: [] }), status, reason };
}

function base(exercise: string, maxPoints: number, random: () => number): Omit<ExerciseResult, "status"> {
  return {
    exercise,
    answerHash: hash(Math.floor(random() * 1e9)),
    files: [{ path: `${exercise.slice(3)}.ts`, size: 3120 }],
    imports: ["@tcpip-workshop/core"],
    level: "sealed",
    seed: "",
    gradedAt: "2026-11-23T08:04:11.500Z",
    duration: 0,
    points: 0,
    maxPoints,
    tests: [],
  };
}

const names = [
  "alice",
  "bob",
  "chidi",
  "dewi",
  "elif",
  "farid",
  "grete",
  "hana",
  "ivo",
  "josé",
  "kofi",
  "linh",
  "mei-ling",
  "nikolai",
];

function nameOf(index: number): string {
  const round = Math.floor(index / names.length);
  return `${names[index % names.length] ?? ""}${round === 0 ? "" : `-${round + 1}`}`;
}

function hash(from: number): string {
  const random = noise(from);
  return Array.from({ length: 8 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
}

function sum<T>(items: T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Numbers from 0 to 1 that look like chance: a linear congruence. */
function noise(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
