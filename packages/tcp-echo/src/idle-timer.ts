/**
 * Calls `expire` when `refresh` has not been called for `duration` ms; Infinity is never. In a turn of Node's event loop timers come
 * before reads: where this process was held up, what the peer sent lies in the kernel still. So a look comes first, and only who
 * was silent then is called so.
 */
export class IdleTimer {
  readonly #timer: NodeJS.Timeout | undefined;
  #afterLook: NodeJS.Immediate | undefined;

  constructor(duration: number, expire: () => void) {
    if (duration === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => (this.#afterLook = setImmediate(expire)), duration);
  }

  /** Begins again, also when it has expired. */
  refresh(): void {
    clearImmediate(this.#afterLook);
    this.#timer?.refresh();
  }

  /** For good. */
  stop(): void {
    clearImmediate(this.#afterLook);
    clearTimeout(this.#timer);
  }
}
