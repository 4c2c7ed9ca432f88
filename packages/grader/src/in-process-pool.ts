import { EventEmitter } from "node:events";
import type { PoolRunnerInitializer, PoolWorker } from "vitest/node";

/**
 * A pool for Vitest that runs suites in this thread: no worker to start, nothing loaded twice, and the answer's process
 * can be started before Vitest is. Suites are the course's own; what must be kept apart is the answer, and it is.
 */
export function inProcessPool(): PoolRunnerInitializer {
  return { name: "in-process", createPoolWorker };
}

function createPoolWorker(): PoolWorker {
  const requests = new EventEmitter();
  const responses = new EventEmitter();
  return {
    name: "in-process",
    on: (event, listener) => void responses.on(event, listener),
    off: (event, listener) => void responses.off(event, listener),
    send: (request) => deliver(requests, "request", request),
    deserialize: (data) => data,
    canReuse: () => true,
    async start() {
      const { init, runBaseTests, setupEnvironment } = await import("vitest/worker");
      init({
        post: (response: unknown) => deliver(responses, "message", response),
        on: (listener) => void requests.on("request", listener),
        off: (listener) => void requests.off("request", listener),
        // Nothing leaves the thread, so nothing needs another form.
        serialize: (data: unknown) => data,
        deserialize: (data: unknown) => data,
        runTests: (state, traces) => runBaseTests("run", state, traces),
        collectTests: (state, traces) => runBaseTests("collect", state, traces),
        setup: setupEnvironment,
      });
    },
    async stop() {
      requests.removeAllListeners();
    },
  };
}

/** As between threads: a copy, and later. Both ends were written for that. */
function deliver(emitter: EventEmitter, event: string, message: unknown): void {
  const copy = structuredClone(message);
  setImmediate(() => emitter.emit(event, copy));
}
