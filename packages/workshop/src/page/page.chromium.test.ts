import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LiveGrading } from "../live/live-grading.ts";
import { gradableCourse, right, type GradableCourse } from "../testing/pty-course.ts";
import { PageServer } from "./page-server.ts";
import { FakeLive } from "./fake-live.ts";
import { backOf, contrastOf, focused, scrollTo, stumbles, topOf, widthOf } from "./static/probes.ts";

const executablePath =
  process.env["CHROMIUM"] ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const why = executablePath === undefined ? " (skipped: no /usr/bin/chromium, and none in $CHROMIUM)" : "";

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const titles = ["doubles one", "doubles many", "doubles none"];
const lesson =
  `# 01 · The double\n\nWords.\n\n${"A long paragraph of the lesson. ".repeat(20).trim()}\n\n`.concat(
    ...Array.from(
      { length: 12 },
      (_, index) =>
        `## Part ${index}\n\n\`\`\`text\n${"─".repeat(100)}\n\`\`\`\n\n| a | b |\n|---|---|\n| ${"x".repeat(80)} | 2 |\n\n[next](../02-again/README.md) [file](double.ts)\n\n`,
    ),
  );
const onTheNet = {
  steps: ["1. double(1)\n   → 2"],
  expected: ["2"],
  received: ["3"],
  timeline: [
    "the slow client:",
    "     0.4 ms              connected from port 44796 to 41211",
    "     0.5 ms              sends 2010 bytes",
    "    45.9 ms              FIN came",
    "    46.0 ms              stops reading",
  ],
  sockets: [
    "State  Recv-Q Send-Q Local Address:Port Peer Address:Port",
    "CLOSE-WAIT 1      0      127.0.0.1:41211    127.0.0.1:44810",
  ],
};

/** A page in a browser, over a live grading that is told what to say. */
interface Opened extends AsyncDisposable {
  course: GradableCourse;
  live: FakeLive;
  server: PageServer;
  page: Page;
  /** What the browser complained of, and where it went that is not our server. */
  complaints: string[];
}

describe.skipIf(executablePath === undefined)(`in Chromium${why}`, () => {
  let browser: BrowserContext;
  let profile: string;

  beforeAll(async () => {
    profile = mkdtempSync(join(tmpdir(), "chromium-"));
    browser = await chromium.launchPersistentContext(profile, { executablePath: executablePath ?? "", args });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });

  async function open(width = 1280): Promise<Opened> {
    const course = gradableCourse();
    course.save("exercises/01-double/README.md", lesson);
    const live = new FakeLive("01-double");
    const server = await PageServer.start(course, live);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on(
      "console",
      (message) => void (["error", "warning"].includes(message.type()) && complaints.push(message.text())),
    );
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on(
      "request",
      (request) => void (request.url().startsWith(server.url) || complaints.push(request.url())),
    );
    await page.setViewportSize({ width, height: 800 });
    live.tellVerdict(titles, { "doubles one": onTheNet, "doubles none": {} });
    await page.goto(server.url);
    await page.getByText("1 of 3 tests pass").first().waitFor();
    await page.locator("#lesson-body h2").waitFor();
    return {
      course,
      live,
      server,
      page,
      complaints,
      async [Symbol.asyncDispose]() {
        await page.close();
        await server[Symbol.asyncDispose]();
        course[Symbol.dispose]();
      },
    };
  }

  test("shows the verdict's parts in the terminal's order, the lesson, and complains of nothing", async () => {
    await using opened = await open();
    const text = await opened.page.locator("#verdict").innerText();
    const parts = [
      "1 of 3 tests pass",
      "doubles one",
      "The problem of doubles one",
      "What we did to your code",
      "On the wire",
      "The sockets of your process",
      "Expected",
      "Received",
      "Why doubles one",
      "Read doubles one",
      "Hint 1 of 3",
      "Tests",
    ];
    const places = parts.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(await opened.page.locator(".tests > li").allInnerTexts()).toEqual([
      expect.stringMatching(/^✗ fails\s+doubles one/),
      expect.stringMatching(/^✓ passes\s+doubles many/),
      expect.stringMatching(/^✗ fails\s+doubles none/),
    ]);
    expect(await opened.page.locator("#lesson h2").innerText()).toBe("01 · The double");
    expect(opened.complaints).toEqual([]);
  });

  test("turns green when the answer is saved right, without a reload", async () => {
    using course = gradableCourse();
    await using live = LiveGrading.start(course, "01-double");
    await using server = await PageServer.start(course, live);
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByText("This is the untouched stub").waitFor();
    await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
    course.save("exercises/01-double/double.ts", right);
    await page.getByText("All 2 tests pass").first().waitFor();
    expect(await page.getByText("Well done.").count()).toBe(1);
    expect(await page.evaluate(() => "stayed" in globalThis)).toBe(true);
    expect(await page.title()).toBe("✓ 01-double");
    await page.close();
  });

  test("is drawn anew around whoever is in it: focus, what is unfolded, and the place in the lesson stay", async () => {
    await using opened = await open(600);
    const { page, live } = opened;
    const ladder = page.locator("#hints-body summary", { hasText: "doubles many" });
    await ladder.click();
    await ladder.focus();
    live.tellVerdict(titles, {
      "doubles one": { ...onTheNet, steps: Array.from({ length: 40 }, (_, index) => `${index}. more`) },
    });
    await page.getByText("2 of 3 tests pass").first().waitFor();
    expect(await page.evaluate(focused)).toBe("doubles many");
    expect(await page.locator("#hints-body > details[open]").count()).toBe(1);

    const heading = page.getByRole("heading", { name: "Part 6" });
    await heading.evaluate(scrollTo);
    const before = await heading.evaluate(topOf);
    live.tellVerdict(titles, { "doubles one": {} });
    await page.locator("#verdict .wire").waitFor({ state: "detached" });
    const after = await heading.evaluate(topOf);
    expect(Math.abs(after - before)).toBeLessThan(2);
  });

  test("leaves the keyboard in the verdict when what had it is gone", async () => {
    await using opened = await open();
    await opened.page.locator('#verdict [data-key="steps"]').focus();
    opened.live.tellVerdict(titles);
    await opened.page.getByText("All 3 tests pass").first().waitFor();
    expect(await opened.page.evaluate(focused)).toBe("verdict");
  });

  test("can be used with the keyboard alone", async () => {
    await using opened = await open();
    const { page, live, course } = opened;
    const focus = (): Promise<string> => page.evaluate(focused);
    await page.keyboard.press("Tab");
    expect(await focus()).toBe("To the verdict");
    await page.keyboard.press("Enter");
    expect(await focus()).toBe("verdict");
    await page.keyboard.press("l");
    expect(await focus()).toBe("lesson");

    await page.keyboard.press("h");
    // By where the focus stands: a look for the text alone finds the button that opens the hint as well.
    await expect.poll(focus).toBe("Open hint 3 of 3");
    await page.keyboard.press("Enter");
    await expect.poll(focus).toBe("Hint 3 of 3");

    // In the terminal it puts the stub back.
    await page.keyboard.press("r");
    await page.keyboard.press("t");
    await expect.poll(() => live.asked).toEqual(["grade"]);
    await page.keyboard.press("Control+r");
    await page.locator("#lesson-body h2").waitFor();
    expect(live.asked).toEqual(["grade"]);
    await page.keyboard.press("n");
    await page.getByRole("heading", { level: 1, name: "02 · The again" }).waitFor();
    expect(live.asked).toEqual(["grade", "turn to 02-again"]);
    expect(course.labels).toContain(live.label);

    // WCAG 2.1.4: whoever speaks to the machine can turn single keys off.
    await page.locator("#listens").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("t");
    await page.keyboard.press("Space");
    await page.keyboard.press("n");
    await expect.poll(() => live.asked).toHaveLength(3);
    expect(live.asked.at(-1)).toMatch(/^turn to/);
  });

  test("draws the wire as arrows with their times, which a screen reader reads as a list", async () => {
    await using opened = await open();
    const rows = opened.page.locator("#verdict .wire").first().getByRole("listitem");
    expect((await rows.allTextContents()).map((text) => text.replaceAll(/\s+/g, " "))).toEqual([
      "0.4 ms the slow client to your code: connected from port 44796 to 41211",
      "0.5 ms the slow client to your code: sends 2010 bytes",
      "45 ms pass",
      "45.9 ms your code to the slow client: FIN came",
      "46.0 ms stops reading",
    ]);
    expect(await opened.page.getByRole("figure", { name: "On the wire: the slow client" }).count()).toBe(1);
  });

  test("shows the kernel's table with a caption, named columns, and what the states mean", async () => {
    await using opened = await open();
    const { page, live } = opened;
    const table = page.getByRole("table", { name: "The sockets of your process, as the kernel showed them" });
    expect(await table.getByRole("columnheader").allInnerTexts()).toContain("Recv-Q");
    expect(await table.getByRole("cell").first().innerText()).toBe("CLOSE-WAIT");
    expect(await page.locator("#verdict .states").innerText()).toContain("it is your turn");
    live.tell({ kind: "grading", label: live.label, total: 3 });
    live.tell({
      kind: "sockets",
      label: live.label,
      lines: [onTheNet.sockets[0] ?? "", "LISTEN 0 - 127.0.0.1:1 0.0.0.0:*"],
    });
    await page.getByRole("table", { name: "The sockets of your process, now" }).waitFor();
  });

  test("says what runs and how far, and a sentence for those who do not look", async () => {
    await using opened = await open();
    const { page, live } = opened;
    live.tell({ kind: "grading", label: live.label, total: 3, last: 400 });
    live.tell({ kind: "test", label: live.label, title: "doubles one", status: "pass", done: 1, total: 3 });
    await page.getByText(/Grading: 1 of 3 tests.*\(0\.4 s last time\)\. Below is the old verdict/).waitFor();
    live.tellFailing(titles, { "doubles one": {} });
    await page.getByText("1 test fails so far, 1 of 3 done").waitFor();
    expect(await page.locator("#status").innerText()).not.toContain("old verdict");
    live.tellVerdict(titles, { "doubles many": {} });
    await expect
      .poll(() => page.getByRole("status").innerText())
      .toBe("The double: 2 of 3 tests pass. The first that fails: doubles many.");
    live.tell({ kind: "watching", label: live.label, how: "polling", why: "no event came" });
    await page.getByText("no event came").waitFor();
    live.tell({ kind: "broken", label: live.label, message: "no memory" });
    await expect.poll(() => page.getByRole("status").innerText()).toContain("no memory");
  });

  test("shows another exercise's lesson beside the verdict, and comes back", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole("link", { name: "next" }).first().click();
    await page.getByText("You read the lesson of 02-again, and work on 01-double.").waitFor();
    await page.getByRole("link", { name: "Back to its lesson" }).click();
    await page.getByRole("heading", { name: "Part 3" }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("says that the workshop has ended", async () => {
    await using opened = await open();
    await opened.server[Symbol.asyncDispose]();
    await expect
      .poll(() => opened.page.getByRole("alert").innerText())
      .toContain("The workshop does not answer");
  });

  test.each([320, 600, 1056, 1280, 2560])("has no sideways scrolling at %i pixels", async (width) => {
    await using opened = await open(width);
    expect(await opened.page.evaluate(widthOf)).toBe(width);
  });

  test.each(["light", "dark"] as const)(
    "can be read in %s colours: every text has a contrast of 4.5 or more",
    async (scheme) => {
      await using opened = await open();
      await opened.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const texts = await opened.page.evaluate(contrastOf);
      expect(texts.length).toBeGreaterThan(50);
      const poor = texts.filter(({ contrast }) => contrast < 4.5);
      expect(poor).toEqual([]);
      const back = await opened.page.evaluate(backOf);
      expect(back).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 24, 28)");
    },
  );

  test("has names for all that can be pressed, one main, headings without a gap, and no id twice", async () => {
    await using opened = await open();
    const found = await opened.page.evaluate(stumbles);
    expect(found).toEqual({ nameless: [], gaps: [], mains: 1, twice: [], scrollers: 0, language: "en" });
  });
});
