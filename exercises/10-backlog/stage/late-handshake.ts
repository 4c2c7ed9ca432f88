import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { awaitEvidence, evidence, step } from "@tcpip-workshop/grader/suite";

/**
 * A call whose handshake takes a second: its first SYN is dropped, as the accept queue is full. The second one finds room,
 * in the queue of a process that hangs.
 */
export async function lateHandshake(call: (port: number) => Promise<string>, timeout: number) {
  const hung = await FrozenListener.start({ backlog: 1 });
  try {
    await hung.fill();
    step("a server's process is stopped, and its accept queue is full");
    step(`checkHealth(port, { timeout: ≈${timeout} }) sends its first SYN, which is dropped`);
    const begun = performance.now();
    const attempt: { result?: string } = {};
    const ended = call(hung.port).then((result) => (attempt.result = result));
    ended.catch(() => {});
    const isOver = () => attempt.result !== undefined;
    await awaitEvidence(
      async () => isOver() || (await hung.sockets()).synSent === 1,
      "the first SYN, dropped",
    );
    await hung.thaw();
    await hung.until(() => hung.accepted === 2);
    await hung.freeze();
    const isConnected = async () => (await hung.sockets()).queued === 1;
    await awaitEvidence(async () => isOver() || (await isConnected()), "the SYN's second way");
    // Who gave up before its time was over is judged all the same.
    const isEarly = isOver() && hung.accepted === 2 && performance.now() - begun < timeout;
    evidence(isEarly || (await isConnected()), "a handshake before the limit is over");
    step("the process takes two out of its queue, and is stopped again");
    step("1 s after the first, your kernel sends the second SYN: it finds room, and you are connected");
    return Object.assign(attempt, {
      begun,
      [Symbol.asyncDispose]: () => hung[Symbol.asyncDispose](),
    });
  } catch (error) {
    await hung[Symbol.asyncDispose]();
    throw error;
  }
}
