import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Course } from "../course/course.ts";
import { maySeeSolution } from "../course/progress-state.ts";
import { readProgress } from "../course/progress.ts";
import { nextLabel, turnTo } from "../course/start-current.ts";
import type { Live } from "../live/live-event.ts";
import type { EventStream } from "./event-stream.ts";
import { lessonHtml } from "./lesson-html.ts";
import type { PageState } from "./page-state.ts";
import { projectFile } from "./project-file.ts";
import { headers, readBody, respond } from "./respond.ts";
import { staticFile } from "./static-file.ts";

export interface PageParts {
  course: Course;
  live: Live;
  state: PageState;
  stream: EventStream;
}

/** Answers a request that is one of the page's own; `path` is what stands behind the secret. */
export async function route(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  parts: PageParts,
): Promise<void> {
  const { method } = request;
  const action = Object.hasOwn(actions, path) ? actions[path] : undefined;
  if (action !== undefined) {
    if (method !== "POST") return notAllowed(response, "POST");
    const body = await readBody(request);
    if (body === undefined)
      return respond(response, 400, "Expected an object in JSON, of at most 4096 bytes\n");
    const refused = action(parts, body);
    return refused === undefined ? respond(response, 200, "done\n") : respond(response, 409, `${refused}\n`);
  }
  const found = path === "events" ? undefined : find(path, parts);
  if (path !== "events" && found === undefined) return respond(response, 404, "There is no such page here\n");
  if (method !== "GET" && method !== "HEAD") return notAllowed(response, "GET, HEAD");
  if (found !== undefined) return respond(response, 200, found.text, { "content-type": found.type });
  return events(request, response, parts);
}

function notAllowed(response: ServerResponse, allow: string): void {
  respond(response, 405, `Expected ${allow}\n`, { allow });
}

function events({ method }: IncomingMessage, response: ServerResponse, { state, stream }: PageParts): void {
  if (!stream.hasRoom)
    return respond(response, 503, "Expected fewer pages open at once\n", { "retry-after": "5" });
  response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
  if (method === "HEAD") return void response.end();
  stream.add(response, { ...state.data });
}

function find(path: string, { course }: PageParts): { type: string; text: string } | undefined {
  const [first = "", ...rest] = path.split("/");
  const name = rest.join("/");
  if (first === "lesson") return lesson(course, name);
  if (first !== "file") return staticFile(path);
  const text = projectFile(course.root, name, (file) => isClosed(course, file));
  return text === undefined ? undefined : { type: "text/plain; charset=utf-8", text };
}

function lesson({ root, labels }: Course, label: string): { type: string; text: string } | undefined {
  if (!labels.includes(label)) return undefined;
  const markdown = readFileSync(join(root, "exercises", label, "README.md"), "utf8");
  return { type: "text/html; charset=utf-8", text: lessonHtml(markdown, `exercises/${label}`) };
}

/** Solutions are for those who have passed, or given up; mistakes and hints tell as much. */
function isClosed({ root }: Course, file: string): boolean {
  const [shelf, label] = file.split("/");
  if (shelf === "exercises") return file.endsWith("/hints.md");
  if (shelf !== "solutions" && shelf !== "mistakes") return false;
  return label === undefined || !maySeeSolution(readProgress(root).exercises.get(label));
}

/** Each returns why it was not done. */
const actions: {
  [path: string]: (parts: PageParts, body: { [name: string]: unknown }) => string | undefined;
} = {
  run({ live }) {
    live.grade();
    return undefined;
  },
  next({ course, live }) {
    const label = nextLabel(course, readProgress(course.root));
    if (label === undefined) return "That was the last one";
    turnTo(course, label);
    live.turnTo(label);
    return undefined;
  },
  work({ course, live }, { label }) {
    if (typeof label !== "string" || !course.labels.includes(label)) return "There is no such exercise";
    if (label === live.label) return undefined;
    turnTo(course, label);
    live.turnTo(label);
    return undefined;
  },
  hint({ state }, { title, level }) {
    const isOpened = typeof title === "string" && typeof level === "number" && state.openHint(title, level);
    return isOpened ? undefined : "There is no such level to open";
  },
};
