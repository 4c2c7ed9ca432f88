/** The budget, the text, the reply, limits of the hop, and which of all these is the shortest. */
export const passedOn = [
  [5000, "price of tea", "ok 340 ¢", {}, 5000],
  [600_000, "coffee", "sold out", {}, 20_000],
  [5000, "coffee", "sold out", { attemptTimeout: 3000 }, 3000],
  [5000, "", "ok", { timeout: 2000 }, 2000],
] as const;

const short = "The margin is 100 and `least` is 50: this budget is not enough to call anybody";
const wrong = "This is no request: there is no whole number with a space behind it";

export const refused = [
  ["149 tea", "DEADLINE_EXCEEDED", short],
  ["100 tea", "DEADLINE_EXCEEDED", short],
  ["0 tea", "DEADLINE_EXCEEDED", short],
  ["-5 tea", "DEADLINE_EXCEEDED", short],
  ["tea", "BAD_REQUEST", wrong],
  ["soon tea", "BAD_REQUEST", wrong],
  ["1.5 tea", "BAD_REQUEST", wrong],
] as const;

export const bad = "error BAD_REQUEST disk";
export const down = "error UNAVAILABLE disk";

/** The text, the reply to each call, how many calls there are of three, limits of the hop, and why. */
export const final = [
  ["tea", bad, 1, {}, "What is wrong with a request stays wrong: the error is passed on as it came"],
  ["milk", down, 3, {}, "Three attempts are allowed, and the error of the last one is passed on"],
  [
    "coffee",
    down,
    1,
    { backoff: 4000, least: 4500 },
    "Behind a pause of 4,000, less than `least` would be left: the error is passed on now",
  ],
] as const;
