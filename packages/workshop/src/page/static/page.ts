import { byId, h, redraw } from "./dom.ts";
import { ladderOf } from "./hints.ts";
import type { PageData, Run } from "./page-data.ts";
import { socketsOf } from "./sockets.ts";
import { verdictOf } from "./verdict.ts";

/** What the server has told so far. */
const data: Partial<PageData> = {};
/** The lesson that was asked for by address; without one, that of the exercise under grading. */
const pinned = new URLSearchParams(location.search).get("lesson");
let lessonShown = "";
let begun = 0;
/** What is shown is the verdict before: of the one under way nothing is known yet. */
let isBehind = false;

const stream = new EventSource("events");
for (const part of ["work", "run", "verdict", "sockets", "hints"] as const)
  stream.addEventListener(part, ({ data: text }: MessageEvent<string>) => hear(part, JSON.parse(text)));
stream.addEventListener("open", () => trouble(""));
stream.addEventListener("error", () =>
  trouble("The workshop does not answer: it has ended, or its terminal was closed. This page tries on."),
);

function hear(part: keyof PageData, value: unknown): void {
  const before = data.run;
  Object.assign(data, { [part]: value });
  if (part === "work") drawWork();
  if (part === "verdict") isBehind = false;
  if (part === "run") drawRun(before);
  if (part === "verdict") drawStatus();
  if (part === "sockets" || part === "run") drawSockets();
  if (part === "verdict" || part === "hints") drawVerdict();
}

function drawWork(): void {
  const { work } = data;
  if (work === undefined) return;
  byId("title").textContent = `${work.label.slice(0, 2)} · ${work.title}`;
  redraw(
    byId("files"),
    "Your answer: ",
    ...work.files.flatMap((file, index) => [index === 0 ? "" : " and ", h("code", {}, file)]),
  );
  const reading = pinned ?? work.label;
  redraw(
    byId("exercises"),
    ...work.exercises.map(({ label, title }) => {
      const isCurrent = label === work.label;
      const link = h(
        "a",
        {
          href: `?lesson=${label}`,
          "data-key": `read-${label}`,
          ...(label === reading && { "aria-current": "page" }),
        },
        `${label.slice(0, 2)} · ${title}`,
      );
      const button = h(
        "button",
        { type: "button", "data-work": label, "data-key": `work-${label}`, "aria-label": `Work on ${title}` },
        "Work on it",
      );
      return h("li", {}, link, isCurrent ? h("span", {}, "you are here") : button);
    }),
  );
  const other = work.exercises.find(({ label }) => label === reading);
  redraw(
    byId("reading"),
    reading === work.label || other === undefined
      ? null
      : h(
          "p",
          { class: "aside" },
          `You read the lesson of ${reading}, and work on ${work.label}. `,
          h("a", { href: "./" }, "Back to its lesson"),
        ),
  );
  void readLesson(reading);
}

async function readLesson(label: string): Promise<void> {
  if (label === lessonShown) return;
  lessonShown = label;
  const response = await fetch(`lesson/${encodeURIComponent(label)}`);
  if (label !== lessonShown) return;
  // From our own server, which shows HTML in a lesson as text.
  byId("lesson-body").innerHTML = response.ok ? await response.text() : "<p>There is no such lesson.</p>";
  if (location.hash.startsWith("#lesson-"))
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

function drawRun(before: Run | undefined): void {
  const { run, work } = data;
  if (run === undefined) return;
  if (run.state === "grading" && before?.state !== "grading") begun = performance.now();
  if (run.state === "grading" && run.done === 0) isBehind = Boolean(data.verdict);
  drawStatus();
  byId("verdict").setAttribute("aria-busy", String(run.state === "grading"));
  if (run.state === "broken") say(`The grader broke: ${run.message}`);
  if (run.state === "done" && before?.state === "grading") sayVerdict();
  const sign =
    run.state === "grading" ? "…" : data.verdict?.status === "pass" ? "✓" : data.verdict ? "✗" : "";
  document.title = `${sign} ${work?.label ?? "Workshop"}`.trim();
}

/** What runs, how far it is, and for how long. */
function drawStatus(): void {
  const { run } = data;
  if (run === undefined) return;
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
  const elapsed = performance.now() - begun;
  const took = run.last === null ? "" : ` in ${seconds(run.last)}`;
  const says = {
    waiting: "Waiting for the first grading.",
    grading: `Grading: ${run.done} of ${run.total} tests${elapsed > 1000 ? `, ${seconds(elapsed)}` : ""}${run.last === null ? "" : ` (${seconds(run.last)} last time)`}${isBehind ? ". Below is the old verdict" : ""}`,
    done: `Graded${took}. Save your file, and it is graded again.`,
    broken: `The grader broke: ${run.message ?? ""} It starts anew when you save.`,
  };
  const polling =
    run.polling === null
      ? ""
      : ` Files are looked at now and then, for no news of changes comes here${run.polling === "" ? "" : `: ${run.polling}`}.`;
  byId("status").textContent = says[run.state] + polling;
  byId("status").className = run.state;
}

setInterval(() => {
  if (data.run?.state === "grading") drawStatus();
}, 200);

function drawVerdict(): void {
  const { verdict, hints = [] } = data;
  redraw(
    byId("verdict-body"),
    ...(verdict ? verdictOf(verdict, hints) : [h("p", {}, "There is no verdict yet.")]),
  );
  const item = (ladder: (typeof hints)[number]): HTMLElement =>
    h(
      "details",
      { "data-key": `ladder-${ladder.title}` },
      h("summary", { "data-key": `ladder-of-${ladder.title}` }, ladder.title),
      ladderOf(ladder, "all"),
    );
  redraw(byId("hints-body"), ...hints.map(item));
}

function drawSockets(): void {
  const { sockets, run } = data;
  byId("sockets").hidden = !sockets;
  const when = run?.state === "grading" ? "now" : "as last seen in this run";
  redraw(
    byId("sockets-body"),
    sockets ? socketsOf(sockets, `The sockets of your process, ${when}`, "live-sockets") : null,
  );
}

/** For those who do not look: the verdict in a sentence. */
function sayVerdict(): void {
  const { verdict, work } = data;
  if (!verdict) return;
  const first = verdict.first === null ? "" : ` The first that fails: ${verdict.first.title}.`;
  say(`${work?.title ?? ""}: ${verdict.headline}.${first}`);
}

function say(text: string): void {
  byId("said").textContent = text;
}

function trouble(text: string): void {
  byId("trouble").textContent = text;
}

async function post(action: string, body: object = {}): Promise<void> {
  try {
    const response = await fetch(action, { method: "POST", body: JSON.stringify(body) });
    trouble(response.ok ? "" : await response.text());
  } catch {
    trouble("The workshop does not answer.");
  }
}

/** Opens the next hint for the first failing test. */
function nextHint(): void {
  const button = document.querySelector<HTMLElement>("#verdict [data-hint]");
  if (button === null) return say("There is no further hint for the test that fails.");
  button.scrollIntoView({ block: "nearest" });
  button.focus({ preventScroll: true });
  button.click();
}

function goTo(id: string): void {
  byId(id).focus();
  byId(id).scrollIntoView();
}

const listens = byId("listens") as HTMLInputElement;
const keys: { [key: string]: () => void } = {
  // As in the terminal, where `r` would put the stub back.
  t: () => void post("run"),
  n: () => void post("next"),
  h: nextHint,
  v: () => goTo("verdict"),
  l: () => goTo("lesson"),
  "?": () => goTo("keys"),
};

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, altKey, metaKey, repeat } = event;
  if (!listens.checked || ctrlKey || altKey || metaKey || repeat || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]?.();
});
byId("run").addEventListener("click", () => void post("run"));
byId("next").addEventListener("click", () => void post("next"));
byId("hint").addEventListener("click", nextHint);
document.addEventListener("click", ({ target }) => {
  const { hint, level, work } = (target as HTMLElement).dataset;
  if (hint !== undefined) {
    say(`Hint ${level} is open.`);
    void post("hint", { title: hint, level: Number(level) });
  }
  if (work !== undefined) void post("work", { label: work });
});
