import { cpus } from "node:os";

/** Whether the machine has had CPU time to spare since the last look: whoever runs on it, ourselves among them. */
export class SpareCpu {
  #last = times();

  /** The part of all CPU time since the last look in which nothing ran, 0 to 1. */
  look(): number {
    const now = times();
    const [idle, total] = [now.idle - this.#last.idle, now.total - this.#last.total];
    this.#last = now;
    return total <= 0 ? 0 : idle / total;
  }
}

function times(): { idle: number; total: number } {
  const all = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    total: user + nice + sys + idle + irq,
  }));
  return {
    idle: all.reduce((sum, cpu) => sum + cpu.idle, 0),
    total: all.reduce((sum, cpu) => sum + cpu.total, 0),
  };
}
