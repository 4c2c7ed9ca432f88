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
    this.#page ??= import("../page/page-server.ts").then(({ PageServer }) =>
      PageServer.start(this.#course, this.#live),
    );
    const { url } = await this.#page;
    return ["The page shows what is graded here, until you quit. Open it in a browser:", `  ${url}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#page)?.[Symbol.asyncDispose]();
  }
}
