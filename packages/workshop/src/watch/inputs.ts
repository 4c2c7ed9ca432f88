import type { Session } from "./session.ts";

/** Leads what the terminal says to the session: keys, its size, its end. */
export class Inputs implements Disposable {
  readonly #taken = new DisposableStack();

  constructor(session: Session, hasKeys: boolean) {
    const end = (): void => session.end();
    const redraw = (): void => session.redraw();
    const type = (chunk: string): void => session.type(chunk);
    const { stdin, stdout } = process;
    // Nobody reads what we write any more: a closed pipe, a window that was closed.
    stdout.on("error", end).on("resize", redraw);
    this.#taken.defer(() => void stdout.off("resize", redraw));
    if (!hasKeys) return;
    stdin.setEncoding("utf8").on("data", type).once("end", end).once("error", end);
    this.#taken.defer(() => void stdin.off("data", type).pause());
    // Back in the foreground after a stop that was not ours.
    const back = (): void => session.resume();
    process.on("SIGCONT", back);
    this.#taken.defer(() => void process.off("SIGCONT", back));
  }

  [Symbol.dispose](): void {
    this.#taken.dispose();
  }
}
