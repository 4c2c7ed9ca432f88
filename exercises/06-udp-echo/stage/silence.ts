import { expect, quietly, step } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";
import { hello } from "./bytes.ts";
import { Clock } from "./clock.ts";
import { counted, expectInside } from "./figures.ts";
import { Peer } from "./peer.ts";
import type { Request } from "./request.ts";

/** Four attempts without a reply, and the wait after each: up to twice as long, or by chance half of that. */
export async function waitsAfterEach(request: Request, clock: Clock, server: Peer): Promise<void> {
  step("the server never replies, and one wait after the other ends");
  for (const [index, longest] of [1000, 2000, 4000, 8000].entries()) {
    const count = index + 1;
    await clock.isAsked(count, `After attempt ${count} of 4 the client waits, the last one included`);
    await server.gets(count, `Attempt ${count} of 4 is sent before the client waits`);
    request.goesOn("With attempts left, the request goes on");
    const span = `The longest wait doubles with each attempt, and chance may halve each: after attempt ${count} it is from ${longest / 2} to ${longest} ms`;
    expectInside(clock.waits[index] ?? 0, [longest / 2, longest], span);
    clock.expire(index);
  }
}

/** 32 requests without a reply: the first wait of each is by chance anything from half of its length to all of it. */
export async function spreads(echo: AnswerUnderTest, server: Peer): Promise<void> {
  step("another client sends 32 requests at once, and has no reply to any of them");
  const clock = new Clock(0, 4 * 32);
  const crowd = await echo.connectClocked(server, { attempts: 4, firstWait: 1000 }, clock);
  const requests = quietly(() => Array.from({ length: 32 }, () => crowd.asks(hello)));
  for (const each of requests) await each.throws("NO_REPLY", "Each request gives up after its own attempts");
  const first = clock.waits.slice(0, 32);
  const spread =
    "Each wait is drawn anew, evenly from half to all: of 32 first waits some are below 750 ms, and some above";
  const [least, most] = [Math.min(...first), Math.max(...first)];
  if (most - least < 1) {
    const same =
      most % 1 === 0 ? `32 waits of ${most} ms each` : `32 waits of the same ≈${most.toFixed(1)} ms`;
    expect(same, spread).toBe("32 waits from 500 to 1000 ms that differ");
  }
  const range = `all from ≈${least.toFixed(1)} to ≈${most.toFixed(1)} ms`;
  expect(least < 750 && most > 750 ? "some of each" : range, spread).toBe("some of each");
}

/** All waits of a request that has had no reply until its deadline. */
export function areCutTo(deadline: number, waits: readonly number[]): void {
  const sum = waits.reduce((total, wait) => total + wait, 0);
  const cut =
    "The deadline is for all waits of a request together: one that is longer than what is left is cut to it";
  const isAll = Math.abs(sum - deadline) <= 0.1;
  const all = `${deadline} ms, all waits together`;
  expect(isAll ? all : `≈${sum.toFixed(1)} ms, in ≈${waits.length} waits`, cut).toBe(all);
}

/** A request without a reply that has all the time there is. */
export async function outlastsSilence(echo: AnswerUnderTest): Promise<void> {
  step("the server never replies to a request whose deadline is `Infinity`");
  await using silent = await Peer.open("another server");
  // Five waits of this one are less than 30 s, which is the default deadline, and six are more.
  const client = await echo.connectClocked(silent, { attempts: 20, firstWait: 960 }, new Clock(0, 20));
  const over = "All attempts were made: the request ends with NO_REPLY";
  await client.asks(hello, { deadline: Infinity }).throws("NO_REPLY", over);
  await silent.settled();
  const all =
    "`deadline: Infinity` cuts no wait and ends nothing: all 20 attempts are made, however long they take";
  expect(counted(silent.received.length, "datagram"), all).toBe("20 datagrams");
}
