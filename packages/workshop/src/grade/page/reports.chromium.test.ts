import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { toClassHtml, toLearnerHtml, type GradeReport } from "@tcpip-workshop/report";
import { sampleClass, strangeClass, troubledClass } from "@tcpip-workshop/report/testing";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backOf, contrastOf, focused, stumbles, widthOf } from "../../page/static/probes.ts";

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

interface Opened extends AsyncDisposable {
  page: Page;
  /** What the browser complained of, and what it asked for beyond the file. */
  complaints: string[];
}

describe.skipIf(executablePath === undefined)(`in Chromium, from a disk${why}`, () => {
  let browser: BrowserContext;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "reports-"));
    const profile = join(folder, "profile");
    browser = await chromium.launchPersistentContext(profile, { executablePath: executablePath ?? "", args });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string, width = 1280, name = "report.html"): Promise<Opened> {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, html);
    const url = pathToFileURL(path).href;
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    page.on(
      "request",
      (request) => void ([url, "data:,"].includes(request.url()) || complaints.push(request.url())),
    );
    await page.setViewportSize({ width, height: 800 });
    await page.goto(url);
    return { page, complaints, [Symbol.asyncDispose]: () => page.close() };
  }

  const report = sampleClass({ learners: 30 });
  const pages: [name: string, html: string][] = [
    ["the class", toClassHtml(report)],
    ["a class that was not sealed", toClassHtml(sampleClass({ learners: 5, level: "open", broken: 1 }))],
    ["a class with stubs, cheats and copies", toClassHtml(troubledClass({ learners: 8 }))],
    ["a class of one exercise", toClassHtml(oneExercise(troubledClass({ learners: 8 })))],
    ["a learner whose process ended itself", toLearnerHtml(troubledClass({ learners: 8 }), "elif")],
    ["a learner who fails", toLearnerHtml(report, learnerWith(report, "fail"))],
    ["a learner who passes", toLearnerHtml(report, learnerWith(report, "pass"))],
  ];

  // Each costs five seconds of a browser: three of them a run, by chance; ALL_PAGES=1 looks at all.
  const looked = process.env["ALL_PAGES"] === "1" ? pages : byChance(pages, 3);
  describe.each(looked)("%s", (_, html) => {
    test("asks for nothing but itself, and complains of nothing", async () => {
      await using opened = await open(html);
      expect(await opened.page.getByRole("heading", { level: 1 }).count()).toBe(1);
      expect(opened.complaints).toEqual([]);
    });

    test("has no sideways scrolling, from 320 pixels to 2560", async () => {
      await using opened = await open(html);
      for (const width of [320, 600, 1280, 2560]) {
        await opened.page.setViewportSize({ width, height: 800 });
        expect(await opened.page.evaluate(widthOf)).toBe(width);
      }
    });

    test.each(["light", "dark"] as const)(
      "can be read in %s colours: every text has a contrast of 4.5 or more",
      async (colorScheme) => {
        await using opened = await open(html);
        await opened.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await unfold(opened.page);
        const texts = await opened.page.evaluate(contrastOf);
        expect(texts.length).toBeGreaterThan(50);
        expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
        expect(await opened.page.evaluate(backOf)).toBe(
          colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 24, 28)",
        );
      },
    );

    test("has names for all that can be pressed, one main, headings without a gap, and no id twice", async () => {
      await using opened = await open(html, 320);
      await unfold(opened.page);
      const found = await opened.page.evaluate(stumbles);
      expect(found).toEqual({ nameless: [], gaps: [], mains: 1, twice: [], scrollers: 0, language: "en" });
      for (const name of ["banner", "main", "contentinfo"] as const)
        expect(await opened.page.getByRole(name).count()).toBe(1);
      const unscoped = await opened.page.locator("th:not([scope]), table:not(:has(caption))").count();
      expect(unscoped).toBe(0);
    });
  });

  test("a column is sorted with the keyboard, says so, and keeps the focus", async () => {
    await using opened = await open(toClassHtml(report));
    const { page } = opened;
    const total = page.getByRole("columnheader", { name: "Total" });
    await total.getByRole("button").focus();
    await page.keyboard.press("Enter");
    const points = async (): Promise<number[]> =>
      (await page.locator("table.class tbody td.total b").allInnerTexts()).map(Number);
    expect(await points()).toEqual((await points()).toSorted((a, b) => a - b));
    expect(await total.getAttribute("aria-sort")).toBe("ascending");
    expect(await page.evaluate(focused)).toBe("Total");
    expect(await page.getByRole("status").innerText()).toBe("Sorted by Total, lowest first");
    await page.keyboard.press("Space");
    expect(await points()).toEqual((await points()).toSorted((a, b) => b - a));
    expect(await total.getAttribute("aria-sort")).toBe("descending");

    // Errors come first where the lowest do: they need a look.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(focused)).toBe("02-cidr");
    const signs = await page.locator("table.class tbody td:nth-child(4) i").allInnerTexts();
    expect(signs[0]).toBe("!");
    expect(signs).toHaveLength(30);
    expect(await page.locator("[aria-sort]").count()).toBe(1);
    expect(opened.complaints).toEqual([]);
  });

  test("the keyboard goes from the top to the marks, and from a name to the learner's page", async () => {
    const id = report.submissions[0]?.id ?? "";
    await using learner = await open(toLearnerHtml(report, id), 1280, `learners/${id}/report.html`);
    await using opened = await open(toClassHtml(report));
    const { page } = opened;
    await page.keyboard.press("Tab");
    expect(await page.evaluate(focused)).toBe("To the marks");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(focused)).toBe("marks");
    await page.locator("table.class tbody a").first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: id }).waitFor();
    expect(page.url()).toBe(learner.page.url());
  });

  test("the head of the marks and the names stay where they are while the rest scrolls", async () => {
    await using opened = await open(toClassHtml(sampleClass({ learners: 300 })), 700);
    const { page } = opened;
    // Else it glides there, and each box below is measured somewhere else.
    await page.emulateMedia({ reducedMotion: "reduce" });
    const marks = page.getByRole("group", { name: "The table of marks" });
    await marks.evaluate((element) => {
      element.scrollIntoView({ block: "start" });
      element.scrollTo(300, 3000);
    });
    const frame = await marks.boundingBox();
    const head = await page.getByRole("columnheader", { name: "16-capstone" }).boundingBox();
    const name = await page.locator("table.class tbody th").nth(80).boundingBox();
    expect(Math.abs((head?.y ?? 0) - (frame?.y ?? 1000))).toBeLessThan(3);
    expect(Math.abs((name?.x ?? 0) - (frame?.x ?? 1000))).toBeLessThan(3);
  });

  test("300 learners in 16 exercises are one file below 2 MB, sorted without a wait", async () => {
    const html = toClassHtml(sampleClass({ learners: 300 }));
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    await using opened = await open(html);
    const { page } = opened;
    expect(await page.locator("table.class tbody tr").count()).toBe(300);
    await page.getByRole("columnheader", { name: "Total" }).getByRole("button").click();
    expect(await page.getByRole("status").innerText()).toContain("Total");
  });

  test("printed, what is folded is unfolded, and the colours are for paper", async () => {
    await using opened = await open(toLearnerHtml(report, learnerWith(report, "pass")));
    const { page } = opened;
    const folded = page.locator(".tests").first();
    expect(await folded.isVisible()).toBe(false);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await folded.isVisible()).toBe(true);
    expect(await page.evaluate(backOf)).toBe("rgb(255, 255, 255)");
    expect((await page.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(10_000);
  });

  test("nothing that comes from a learner becomes a part of the page", async () => {
    const traps = [
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(2)>',
      "</pre></details></main><h1>All pass</h1>",
      "javascript:alert(3)",
      "\u202Etxt.exe",
      "\u001B[2J\u001B]0;title\u0007",
      "__proto__",
      "constructor",
      "${alert(4)}",
      "</style><style>*{display:none}</style>",
    ];
    const hostile = strangeClass(traps);
    const html = [toClassHtml(hostile), ...traps.map((id) => toLearnerHtml(hostile, id))];
    for (const [index, text] of html.entries()) {
      await using opened = await open(text);
      const { page } = opened;
      expect(opened.complaints).toEqual([]);
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.locator("img, iframe, object, form").count()).toBe(0);
      expect(await page.locator("script").count()).toBe(index === 0 ? 1 : 0);
      expect(await page.locator("style").count()).toBe(1);
      const shown = await page.locator("body").innerText();
      expect(shown).not.toContain("\u202E");
      expect(shown).not.toContain("\u001B");
      // It is all there, as what it is.
      const trap = traps[index - 1];
      // oxlint-disable-next-line no-control-regex -- it is what it is about
      if (trap !== undefined && !/[\u202E\u001B]/.test(trap))
        expect(await page.locator("h1").innerText()).toBe(trap);
    }
    const links = html[0]?.match(/href="learners\/[^"]*"/g) ?? [];
    expect(new Set(links).size).toBe(traps.length);
  });

  /** Folded parts are opened: what is in them is read, too. */
  async function unfold(page: Page): Promise<void> {
    await page.locator("details:not([open])").evaluateAll((all) => {
      for (const one of all) one.setAttribute("open", "");
    });
  }
});

function oneExercise(report: GradeReport): GradeReport {
  const submissions = report.submissions.map((submission) => ({
    ...submission,
    results: submission.results.slice(3, 4),
  }));
  return { ...report, exercises: report.exercises.slice(3, 4), submissions };
}

function learnerWith({ submissions }: GradeReport, status: "pass" | "fail"): string {
  const found = submissions.find(({ results }) =>
    status === "pass"
      ? results.every((result) => result.status === "pass")
      : results.some((result) => result.status === "fail") &&
        results.some((result) => result.status === "absent"),
  );
  if (found === undefined) throw new Error(`Expected a learner with "${status}" in the sample`);
  return found.id;
}

function byChance<T>(all: readonly T[], count: number): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(Math.random() * left.length), 1),
  ).flat();
}
