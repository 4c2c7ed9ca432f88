import { request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { entryOf, readProgress, updateProgress } from "../course/progress.ts";
import { gradableCourse, type GradableCourse } from "../testing/pty-course.ts";
import { PageServer, type PageServerOptions } from "./page-server.ts";
import { FakeLive } from "./fake-live.ts";

interface Served extends AsyncDisposable {
  course: GradableCourse;
  live: FakeLive;
  page: PageServer;
  /** Asks for what stands behind the secret. */
  ask(path: string, options?: Asked): Promise<Reply>;
}

interface Asked {
  method?: string;
  headers?: { [name: string]: string };
  body?: string;
}

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

async function serve(options: PageServerOptions = {}): Promise<Served> {
  const course = gradableCourse();
  const live = new FakeLive("01-double");
  const page = await PageServer.start(course, live, options);
  return {
    course,
    live,
    page,
    ask: (path, asked) => ask(new URL(path, page.url).href, asked),
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]();
      course[Symbol.dispose]();
    },
  };
}

/** Not `fetch`: that one sets `Host` itself, and tidies the path. */
function ask(url: string, { method = "GET", headers = {}, body = "" }: Asked = {}): Promise<Reply> {
  const { port, pathname, search } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const asking = request(
    { host: "127.0.0.1", port, path: pathname + search, method, headers, agent: false },
    (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    },
  );
  asking.on("error", reject).end(body);
  return promise;
}

/** As the page itself posts. */
const post = ({ page }: Served, body: object = {}): Asked => ({
  method: "POST",
  headers: { origin: new URL(page.url).origin },
  body: JSON.stringify(body),
});

describe("the page", () => {
  test("is HTML whose scripts come without types, and whatever is served says what the browser may do with it", async () => {
    await using served = await serve();
    const page = await served.ask("");
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("<!doctype html>") });
    expect(page.headers).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self'; /),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.headers).not.toHaveProperty("access-control-allow-origin");
    const script = await served.ask("page.ts");
    expect(script.headers["content-type"]).toMatch(/^text\/javascript/);
    expect(script.text).not.toMatch(/: Partial<|import type/);
    for (const path of ["style.css", "icon.svg", "lesson/01-double"])
      expect(await served.ask(path)).toMatchObject({ status: 200 });
  });

  test("has an address with a secret that is new each time", async () => {
    await using first = await serve();
    await using second = await serve();
    const secret = ({ page }: Served): string => new URL(page.url).pathname;
    expect(secret(first)).toMatch(/^\/[\w-]{22}\/$/);
    expect(secret(first)).not.toBe(secret(second));
  });
});

describe("a request that is not the page's own", () => {
  test.each(["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:80", "[::1]"])(
    "is refused under the name %j",
    async (host) => {
      await using served = await serve();
      expect(await served.ask("", { headers: { host } })).toMatchObject({ status: 421 });
    },
  );

  test("is refused without the secret, whatever it asks for", async () => {
    await using served = await serve();
    for (const path of ["/", "/page.ts", "/events", "/../", "//x/", "/AAAAAAAAAAAAAAAAAAAAAA/"])
      expect(await ask(`${new URL(served.page.url).origin}${path}`)).toMatchObject({ status: 403 });
  });

  test.each([{}, { origin: "http://evil.example" }, { origin: "null" }])(
    "may not act, sent with %o",
    async (headers) => {
      await using served = await serve();
      expect(await served.ask("run", { method: "POST", headers })).toMatchObject({ status: 403 });
      expect(served.live.asked).toEqual([]);
    },
  );

  test("is told what there is not, and what it may do", async () => {
    await using served = await serve();
    const { headers } = post(served);
    for (const path of [
      "nothing",
      "page-data.ts",
      "tsconfig.json",
      "lesson/99-x",
      "lesson/..%2f",
      "%ff",
      "file/%00",
    ])
      expect(await served.ask(path)).toMatchObject({ status: 404 });
    expect(await served.ask("run")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    for (const method of ["PUT", "DELETE", "OPTIONS", "POST"])
      expect(await served.ask("", { method, headers: headers ?? {} })).toMatchObject({
        status: 405,
        headers: { allow: "GET, HEAD" },
      });
    const head = await served.ask("", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(Number(head.headers["content-length"])).toBeGreaterThan(1000);
    expect(await served.ask("run", { ...post(served), body: "x".repeat(5000) })).toMatchObject({
      status: 400,
    });
    expect(await served.ask("run", { ...post(served), body: "no JSON" })).toMatchObject({ status: 400 });
  });
});

describe("a file", () => {
  test("is shown as text, a folder as its names", async () => {
    await using served = await serve();
    expect(await served.ask("file/exercises/01-double/double.ts")).toMatchObject({
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8" },
      text: expect.stringContaining("TODO"),
    });
    expect((await served.ask("file/exercises/01-double")).text).toContain("double.test.ts\n");
  });

  test("outside the project, hidden, installed, or behind a link that leads out, is not there", async () => {
    await using served = await serve();
    mkdirSync(join(served.course.root, "docs"));
    symlinkSync("/etc", join(served.course.root, "docs/out"));
    served.course.save(".secret.txt", "x");
    for (const path of [
      "..%2f..%2fetc%2fpasswd",
      "%2fetc%2fpasswd",
      "docs/out/passwd",
      "docs/out/debconf.conf",
      ".secret.txt",
      "exercises/node_modules",
      "exercises/01-double/hints.md",
    ])
      expect(await served.ask(`file/${path}`)).toMatchObject({ status: 404 });
  });

  test("of the solution is there after a pass, or when it was given up", async () => {
    await using served = await serve();
    const path = "file/solutions/01-double/double.ts";
    expect(await served.ask(path)).toMatchObject({ status: 404 });
    updateProgress(
      served.course.root,
      (progress) => void (entryOf(progress, "01-double").passedAt = "2026-11-23T06:00:00Z"),
    );
    expect(await served.ask(path)).toMatchObject({ status: 200 });
    expect(await served.ask("file/solutions/02-again/double.ts")).toMatchObject({ status: 404 });
  });
});

describe("what the page asks for", () => {
  test("is done: run again, the next exercise, another one", async () => {
    await using served = await serve();
    expect(await served.ask("run", post(served))).toMatchObject({ status: 200 });
    expect(await served.ask("next", post(served))).toMatchObject({ status: 200 });
    expect(readProgress(served.course.root).current).toBe("02-again");
    expect(await served.ask("work", post(served, { label: "01-double" }))).toMatchObject({ status: 200 });
    expect(served.live.asked).toEqual(["grade", "turn to 02-again", "turn to 01-double"]);
    for (const label of ["99-x", "../x", 7, null])
      expect(await served.ask("work", post(served, { label }))).toMatchObject({ status: 409 });
  });

  test("includes the answer's sockets, for as long as the page is served", async () => {
    const served = await serve();
    expect(served.live.watchesSockets).toBe(true);
    await served[Symbol.asyncDispose]();
    expect(served.live.watchesSockets).toBe(false);
  });

  test("of the hints is opened level by level, and remembered", async () => {
    await using served = await serve();
    const open = async (level: number): Promise<number> =>
      (await served.ask("hint", post(served, { title: "doubles one", level }))).status;
    expect(await open(2)).toBe(409);
    expect(await open(1)).toBe(200);
    expect(await open(1)).toBe(409);
    expect([await open(2), await open(3), await open(4)]).toEqual([200, 200, 409]);
    expect(readProgress(served.course.root).exercises.get("01-double")?.hints.get("doubles one")).toBe(3);
  });
});

test("an exercise that cannot be read for a moment is no end of the page", async () => {
  await using served = await serve();
  rmSync(join(served.course.root, "exercises/01-double/hints.md"));
  served.live.tellVerdict(["doubles one"]);
  served.live.turnTo("02-again");
  served.live.turnTo("01-double");
  expect(await served.ask("hint", post(served, { title: "doubles one", level: 1 }))).toMatchObject({
    status: 409,
  });
  expect(await served.ask("")).toMatchObject({ status: 200 });
});

describe("the stream of events", () => {
  /** Reads until what has come matches. */
  async function listen(
    url: string,
  ): Promise<{ until(pattern: RegExp): Promise<string>; status: number } & Disposable> {
    const { port, pathname } = new URL("events", url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.on("error", () => {});
    const until = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`It ended: ${text}`);
        await Promise.race([once(socket, "data"), once(socket, "close")]);
      }
      return text;
    };
    await until(/\r\n\r\n/);
    return { until, status: Number(text.slice(9, 12)), [Symbol.dispose]: () => socket.destroy() };
  }

  test("begins with all that is known, for whoever comes late or comes back, and goes on with what changes", async () => {
    await using served = await serve();
    served.live.tellVerdict(["doubles one", "doubles many"], { "doubles one": {} });
    using stream = await listen(served.page.url);
    expect(await stream.until(/event: hints\ndata: .*\n\n/)).toMatch(
      /event: work\n[^]*event: run\n[^]*event: verdict\ndata: {"status":"fail","headline":"1 of 2 tests pass"/,
    );
    served.live.tellVerdict(["doubles one", "doubles many"]);
    await stream.until(/"headline":"All 2 tests pass"/);
    served.live.tellFailing(["doubles one", "doubles many"], { "doubles one": {} });
    expect(await stream.until(/"headline":"1 test fails so far, 1 of 2 done"/)).toMatch(
      /1 of 2 done".*"first":{"title":"doubles one".*"tests":\[\]/,
    );
    served.live.tell({ kind: "broken", label: "01-double", message: "no memory" });
    await stream.until(/"state":"broken".*"message":"no memory"/);
  });

  test("has room for so many and no more, and again when one has left", async () => {
    await using served = await serve({ maxClients: 2 });
    const first = await listen(served.page.url);
    using _second = await listen(served.page.url);
    using refused = await listen(served.page.url);
    expect(refused.status).toBe(503);
    first[Symbol.dispose]();
    const deadline = performance.now() + 10_000;
    for (let status = 503; status !== 200;) {
      if (performance.now() > deadline) throw new Error("Expected room again, got none");
      using again = await listen(served.page.url);
      status = again.status;
    }
  });

  test("ends with the server, which leaves no listener behind, and a port that is free", async () => {
    const served = await serve();
    using _stream = await listen(served.page.url);
    expect(served.live.listeners).toBe(1);
    await served[Symbol.asyncDispose]();
    expect(served.live.listeners).toBe(0);
    await expect(ask(served.page.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

test("a port that is taken is said in a sentence", async () => {
  await using served = await serve();
  const { port } = new URL(served.page.url);
  await expect(PageServer.start(served.course, served.live, { port: Number(port) })).rejects.toThrow(
    `Expected port ${port} of 127.0.0.1 to be free for the page, got EADDRINUSE`,
  );
});

test("`open` prints the address, serves it, and ends with Ctrl-C", async () => {
  using course = gradableCourse();
  await using open = course.piped("open", "--no-browser");
  await open.says(/\/\n/);
  const url = /http:\S+/.exec(open.text)?.[0] ?? "";
  expect(await ask(url)).toMatchObject({ status: 200 });
  open.signal("SIGINT");
  expect(await open.ended).toEqual([0, null]);
  await expect(ask(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
