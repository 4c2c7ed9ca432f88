import { expect, field, quietly, step, type Answer } from "@tcpip-workshop/grader/suite";
import type { Peeled } from "../encapsulation.ts";
import { flipped } from "./bytes.ts";
import { dump } from "./dump.ts";
import type { Frame } from "./frame.ts";
import { refusal } from "./refusal.ts";
import type { Refused } from "./refused.ts";
import { told } from "./told.ts";

/** Gives frames to `peel`. A frame that went well is a line of the story; one that did not is shown byte by byte. */
export class Peeling {
  readonly #answer: Answer<typeof import("../encapsulation.ts")>;

  constructor(answer: Answer<typeof import("../encapsulation.ts")>) {
    this.#answer = answer;
  }

  /** Expects all that the frame was made of, field by field. */
  async peels(frame: Frame, what: string, marked?: number): Promise<void> {
    let said = "";
    const judge = async () => {
      const found = await quietly(() => this.#answer.peel(frame.bytes)).catch((error: Error) => {
        const came = refusal(error);
        said = `\n→ FrameError: ${error.message}`;
        expect(came, `Nothing is wrong with ${what}: \`peel\` has to return it`).toBe(returned(frame));
      });
      for (const [part, fields] of Object.entries(frame.peeled)) {
        if (fields instanceof Uint8Array) continue;
        const came = await fieldOf(found, part);
        for (const [name, value] of Object.entries(fields)) {
          expect(
            await fieldOf(came, name),
            `\`${part}.${name}\` must be what the sender put there: this is ${what}`,
          ).toBe(value);
        }
      }
      const bytes = `The payload must be the application's bytes, no more and no fewer: this is ${what}`;
      expect(await fieldOf(found, "payload"), bytes).toEqual(frame.peeled.payload);
      return "peeled";
    };
    await told(`peel(${what})`, judge, () => dump(frame, frame.bytes, { marked }) + said);
  }

  /** Expects the refusal that it names. */
  async refuses({ frame, bytes, marked, how, rule }: Refused): Promise<void> {
    const judge = async () => {
      const came = await quietly(() => outcome(this.#answer.peel(bytes)));
      expect(came, `${rule[0]?.toUpperCase()}${rule.slice(1)}`).toBe(`refused: ${how}`);
      return came;
    };
    await told(`peel(${rule})`, judge, () => dump(frame, bytes, { marked }));
  }

  /** Expects of every bit from Ethernet's header to the packet's end that its layer notices when it is flipped. */
  async noticesEachBit(frame: Frame): Promise<void> {
    const layerOf = (byte: number) => (byte < frame.transport ? "internet" : "transport");
    const bits = Array.from({ length: (frame.end - 14) * 8 }, (_, index) => index + 14 * 8);
    const damaged = bits.map((bit) => flipped(frame.bytes, bit));
    const came = (await this.#outcomes(damaged)).map((outcome) =>
      outcome.replace(/^(refused: \w+), .*/, "$1"),
    );
    const wrong = came.findIndex((outcome, index) => outcome !== `refused: ${layerOf(14 + (index >>> 3))}`);
    const byte = 14 + (wrong >>> 3);
    const rule = `A bit of byte ${byte} was flipped: the ${layerOf(byte)} layer has to notice`;
    const bytes = damaged[wrong];
    const every = "each bit of the packet flipped, one at a time: the layer that it belongs to";
    if (bytes === undefined) step(`${every} refused the frame`);
    else
      step(
        `peel(a frame with one flipped bit, in byte ${byte})\n${dump(frame, bytes, { marked: byte, note: "the byte with the flipped bit" })}\n→ ${came[wrong]}`,
      );
    expect(bytes === undefined ? "noticed" : came[wrong], rule).toBe(
      bytes === undefined ? "noticed" : `refused: ${layerOf(byte)}`,
    );
  }

  /** Cuts the frame behind each of its bytes. Expects the layer that misses bytes to say so; padding may be missing. */
  async survivesEachCut(frame: Frame, what: string): Promise<void> {
    const { bytes, end } = frame;
    const expected = (length: number) => {
      if (length < 14) return "refused: link, TRUNCATED";
      return length < end ? "refused: internet, TRUNCATED" : returned(frame);
    };
    const cuts = Array.from(bytes, (_, length) => bytes.slice(0, length));
    const came = await this.#outcomes(cuts);
    const isWrong = (length: number) => came[length] !== expected(length);
    // What is refused though only padding is missing shows a rule of the answer's own, which hides the others.
    const lengths = [...cuts.keys()];
    const wrong = lengths.find((length) => length >= end && isWrong(length)) ?? lengths.findIndex(isWrong);
    const cut = cuts[wrong];
    if (cut === undefined) {
      step(`${what}, cut behind each of its ${bytes.length} bytes: each time the right layer`);
      return;
    }
    const missing = wrong < 14 ? "the Ethernet header needs 14" : `the IPv4 packet ends behind byte ${end}`;
    const why = wrong < end ? missing : "only padding is missing, and that is no fault";
    step(`peel(the first ${wrong} bytes of ${what})\n${dump(frame, cut) || "(no bytes)"}\n→ ${came[wrong]}`);
    expect(came[wrong], `Only ${wrong} bytes are there: ${why}`).toBe(expected(wrong));
  }

  /** Gives the same bytes twice: the frame is lent, and its owner reads it again. */
  async leavesAsItWas(frame: Frame, what: string): Promise<void> {
    const judge = async () => {
      const rule = `The frame is lent: its owner may read it again, and must find its bytes as they were. \`peel\` got the same bytes of ${what} twice`;
      const twice = quietly(() => this.#answer.peel.each([[frame.bytes], [frame.bytes]]));
      const came = await outcome(twice.then(([, second]) => second as Peeled));
      expect(came, rule).toBe(returned(frame));
      return "peeled, twice";
    };
    await told(`peel(${what}), and again with the same bytes`, judge, () => dump(frame, frame.bytes));
  }

  async #outcomes(frames: Uint8Array[]): Promise<string[]> {
    return await quietly(() => Promise.all(frames.map((frame) => outcome(this.#answer.peel(frame)))));
  }
}

/** What `peel` makes of a sound frame, as one text. */
function returned({ peeled }: Pick<Frame, "peeled">): string {
  return `returned, with a payload of ${peeled.payload.length} bytes`;
}

/** What `peel` made of a frame, as one text. */
async function outcome(call: Promise<Peeled>): Promise<string> {
  return await call.then(
    async (peeled) => {
      const payload = await fieldOf(peeled, "payload");
      return payload instanceof Uint8Array
        ? `returned, with a payload of ${payload.length} bytes`
        : "returned something without a payload";
    },
    (error: Error) => {
      // It never settled, or its process has died.
      if (error.name === "AnswerFailure") throw error;
      return error.name === "FrameError" ? refusal(error) : `threw ${error.name}: ${error.message}`;
    },
  );
}

/** A field of a plain object, or of a class's instance: both are right. No step of the story. */
async function fieldOf(value: unknown, name: string): Promise<unknown> {
  return await quietly(() => field((value as Record<string, unknown> | undefined)?.[name]));
}
