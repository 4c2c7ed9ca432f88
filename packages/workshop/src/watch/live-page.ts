import type { Course } from "../course/course.ts";
import type { Live } from "../live/live-event.ts";
import type { PageServer } from "../page/page-server.ts";

/** The page of what is graded here: nothing until it is asked for, and one however often it is. */
export class LivePage implements AsyncDisposable {
  readonly #course: Course;
  readonly #live: Live;
  #page: Promise<PageServer> | undefined;

  constructor(course: Course, live: Live) {
    this.#course = course;
    this.#live = live;
  }

  /** Returns what there is to say. */
  async open(): Promise<string[]> {
    this.#page ??= this.#start();
    const { url } = await this.#page;
    return ["The page shows what is graded here, until you quit. Open it in a browser:", `  ${url}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const page = await this.#page?.catch(() => undefined);
    await page?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<PageServer> {
    try {
      const { PageServer } = await import("../page/page-server.ts");
      return await PageServer.start(this.#course, this.#live);
    } catch (error) {
      this.#page = undefined;
      throw error;
    }
  }
}
