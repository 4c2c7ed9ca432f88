/**
 * Calls `expire` after `duration` ms; Infinity is never. In a turn of Node's event loop timers come before reads: where this
 * process was held up, what the peer sent lies in the kernel still. So a look comes first, and only who was silent then was late.
 */
export class PatientTimer {
  readonly #timer: NodeJS.Timeout | undefined;
  #afterLook: NodeJS.Immediate | undefined;

  constructor(expire: () => void, duration: number) {
    if (duration === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => (this.#afterLook = setImmediate(expire)), duration);
  }

  ref(): void {
    this.#timer?.ref();
  }

  unref(): void {
    this.#timer?.unref();
  }

  /** Begins again, also when it has expired. */
  refresh(): void {
    clearImmediate(this.#afterLook);
    this.#timer?.refresh();
  }

  /** For good. */
  clear(): void {
    clearImmediate(this.#afterLook);
    clearTimeout(this.#timer);
  }
}
