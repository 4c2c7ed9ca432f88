import {
  answer,
  evidence,
  expect,
  mark,
  quietly,
  Random,
  seed,
  step,
  test,
} from "@tcpip-workshop/grader/suite";
import type { LengthPrefixedDecoderOptions } from "./framing.ts";

const framing = answer<typeof import("./framing.ts")>("./framing.ts");

// A Buffer is a Uint8Array: only the bytes count.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);

const [hello, world, you, nothing] = [text("hello"), text("world"), text("you"), new Uint8Array(0)];

test(
  "puts the payload's length in front of it, in four bytes",
  {
    why: "Two ends that count differently take each other's payload for a length, and wait for gigabytes that never come.",
    read: 'lesson "The frame"; RFC 1700, "Data Notations", for the byte order',
  },
  async () => {
    const order =
      "A frame is the payload's length in four bytes, most significant first, and then the payload";
    expect(await framing.encodeFrame(hello), order).toEqual(hex("00 00 00 05 68 65 6c 6c 6f"));
    const long = await framing.encodeFrame(new Uint8Array(66_051).fill(0x2e));
    const weight = "66,051 is 00 01 02 03: each of the four bytes counts for 256 times the next one";
    expect(long.slice(0, 6), weight).toEqual(hex("00 01 02 03 2e 2e"));
    expect(long.length, "66,051 bytes of payload and 4 of header make a frame of 66,055").toBe(66_055);
    expect(await framing.encodeFrame(nothing), "A payload of no bytes has a header too").toEqual(
      frame(nothing),
    );
  },
);

test(
  "returns the payload of a frame that arrives whole",
  {
    why: "A reply that has arrived but is not handed on looks like a slow server, and times out like one.",
    read: 'lesson "The frame"',
  },
  async () => {
    const chunk = mark(frame(hello), 8, "the fifth of 5 bytes: complete");
    const due = "The chunk held exactly one frame, so its payload was due, and nothing but its payload";
    expect(await framing.create("LengthPrefixedDecoder").push(chunk), due).toEqual([hello]);
  },
);

test(
  "returns both frames when one chunk carries two",
  {
    why: "Under load one read brings several messages; all but the first lie there until more traffic comes, or for ever.",
    read: 'lesson "What TCP promises"; RFC 9293 §3.7',
  },
  async () => {
    const chunk = mark(concat(frame(text("hi")), frame(you)), 6, "the second frame begins");
    const due = "One chunk carried two whole frames, so both payloads were due at once";
    expect(await framing.create("LengthPrefixedDecoder").push(chunk), due).toEqual([text("hi"), you]);
  },
);

test(
  "waits for the rest when a chunk ends inside a payload",
  {
    why: "A message larger than a segment arrives in pieces: over loopback hardly ever, over Ethernet every time.",
    read: 'lesson "Four places to cut"; RFC 9293 §3.7',
  },
  async () => {
    const decoder = framing.create("LengthPrefixedDecoder");
    const first = mark(hex("00 00 00 05 68 65 6c"), 6, "3 of 5 bytes have arrived");
    expect(
      await decoder.push(first),
      "Three of five bytes have arrived: there is nothing to return yet",
    ).toEqual([]);
    const joined = "The missing two bytes came, so the payload was due: what came earlier and what came now";
    expect(await decoder.push(mark(hex("6c 6f"), 1, "5 of 5")), joined).toEqual([hello]);
  },
);

test(
  "waits for the rest when a chunk ends inside a header",
  {
    why: "A cut may fall between any two bytes. Rare is not never: at a thousand messages a second this is tonight.",
    read: 'lesson "Four places to cut"; RFC 9293 §3.7',
  },
  async () => {
    for (const at of [2, 1, 3]) {
      const decoder = framing.create("LengthPrefixedDecoder");
      const first = mark(frame(hello).slice(0, at), at - 1, `${at} of the header's 4 bytes`);
      const early =
        "A part of a header tells no length yet: there is nothing to return, and nothing is wrong";
      expect(await decoder.push(first), early).toEqual([]);
      const due = "The rest of the header came, and the payload with it, so the payload was due";
      expect(await decoder.push(frame(hello).slice(at)), due).toEqual([hello]);
    }
  },
);

test(
  "returns a frame of no bytes for a length of zero",
  {
    why: "An empty frame is AMQP's heartbeat: a decoder that swallows it declares a living peer dead.",
    read: 'lesson "Four places to cut"',
  },
  async () => {
    const decoder = framing.create("LengthPrefixedDecoder");
    const header = mark(hex("00 00 00 00"), 3, "no payload follows: complete");
    const alone =
      "A length of zero announces a payload of no bytes, which is complete as soon as its header is";
    expect(await decoder.push(header), alone).toEqual([nothing]);
    const among = mark(
      concat(frame(nothing), frame(hello), frame(nothing)),
      3,
      "the first of three frames ends here",
    );
    const counts = "An empty frame in front of another one, or behind it, is a frame as well";
    expect(await decoder.push(among), counts).toEqual([nothing, hello, nothing]);
    const half = "Half a header tells no length yet: there is nothing to return";
    expect(await decoder.push(mark(hex("00 00"), 1, "2 of the header's 4 bytes")), half).toEqual([]);
    const whole = "The other half of the header came and says zero: that completes a frame of no bytes";
    expect(await decoder.push(mark(hex("00 00"), 1, "4 of 4: the length is 0")), whole).toEqual([nothing]);
  },
);

test(
  "returns bytes that are no text exactly as they came",
  {
    why: "A gzipped body, or half a €, is no valid UTF-8: read as text it turns into U+FFFD, and nobody gets an error.",
    read: 'lesson "Bytes first, text later"; RFC 3629 §3',
  },
  async () => {
    const decoder = framing.create("LengthPrefixedDecoder");
    const first = mark(hex("00 00 00 03 e2 82"), 5, "2 of the 3 bytes of €");
    expect(
      await decoder.push(first),
      "Two of three bytes have arrived: there is nothing to return yet",
    ).toEqual([]);
    const euro =
      "A payload is bytes, not text: the three of a €, cut after the second, must come back as they came";
    expect(await decoder.push(mark(hex("ac"), 0, "3 of 3")), euro).toEqual([hex("e2 82 ac")]);
    const every = Uint8Array.from({ length: 256 }, (_, value) => value);
    expect(
      await decoder.push(frame(every)),
      "A payload may hold any of the 256 byte values: each was sent once, and must come back as it came",
    ).toEqual([every]);
  },
);

test(
  "leaves the frames it returned as they were when more bytes arrive",
  {
    why: "A handler still awaits the database when the next chunk comes: it then stores one order with another one's bytes.",
    read: 'lesson "Whose memory is it?"',
  },
  async () => {
    // `each` makes the calls one after another and reads what they returned only then.
    const chunks = [
      frame(hello),
      hex("00 00 00 05 77"),
      mark(hex("6f 72 6c 64"), 3, 'the end of "world"'),
      hex("00 00 00 05 6f 74"),
      concat(hex("68 65 72"), frame(text("and"))),
    ];
    const decoder = framing.create("LengthPrefixedDecoder");
    step("what the next five calls return is read only after the last of them");
    const [whole, , pieced] = await decoder.push.each(chunks.map((chunk) => [chunk]));
    const kept = "What `push` returned is the caller's, and must never change again";
    expect(whole, `${kept}: "hello" was no longer that when it was read at the end`).toEqual([hello]);
    const inPieces = `${kept}: "world", which came in two chunks, was no longer that when it was read at the end`;
    expect(pieced, inPieces).toEqual([world]);
    step("what the next two calls return is read only after the second of them");
    const frames = await framing.encodeFrame.each([[hello], [world]]);
    const first =
      "A frame is memory of its own: one that `encodeFrame` returned must not change with the next";
    expect(frames, first).toEqual([frame(hello), frame(world)]);
  },
);

test(
  "keeps the bytes of two connections apart",
  {
    why: "With one connection on the laptop all is well; with two, one customer's bytes complete another's message.",
    read: 'lesson "What a decoder remembers"',
  },
  async () => {
    const [one, two] = [framing.create("LengthPrefixedDecoder"), framing.create("LengthPrefixedDecoder")];
    const onOne = mark(hex("00 00 00 05 68 65"), 5, "connection 1: 2 of 5 bytes");
    expect(await one.push(onOne), "Connection 1: 2 of 5 bytes have arrived, so nothing is due").toEqual([]);
    const apart =
      "Every connection is a byte stream of its own: on connection 2 a header and 2 of 5 bytes have arrived, so nothing is due";
    expect(await two.push(mark(hex("00 00 00 05 77 6f"), 5, "connection 2: 2 of 5 bytes")), apart).toEqual(
      [],
    );
    const own = "A connection's frame is made of its own bytes, whatever came on the other one meanwhile";
    expect(await one.push(mark(hex("6c 6c 6f"), 2, "connection 1: 5 of 5")), own).toEqual([hello]);
    expect(await two.push(mark(hex("72 6c 64"), 2, "connection 2: 5 of 5")), own).toEqual([world]);
  },
);

test(
  "returns the same frames however the stream is cut",
  {
    why: "MTU, load and luck choose the cuts: the one that you did not try is the one that production finds.",
    read: 'lesson "Four places to cut"; RFC 9293 §3.7',
  },
  async () => {
    const payloads = [hex("e2 82 ac"), hex("21")];
    const uncut = await pushOneByOne([concat(...payloads.map(frame))]);
    expect(uncut, "Twelve bytes in one chunk, not cut at all: two frames").toEqual(payloads);
    const cuts = everyCut(concat(...payloads.map(frame)));
    evidence(cuts.length === 2048, "the 2,048 ways to cut 12 bytes");
    const results = await quietly(() => pushAll(cuts)).catch(() => undefined);
    if (!results?.every((frames) => isSame(frames, payloads))) {
      const same = "must give the same two payloads";
      for (const chunks of cuts) {
        // Only the cut that fails is shown: once more, and chunk by chunk.
        const [tried] = await quietly(() => pushAll([chunks])).catch(() => []);
        if (tried !== undefined && isSame(tried, payloads)) continue;
        step(`the same 12 bytes are sent again, cut into ${chunks.length}, to a new decoder`);
        const frames = await pushOneByOne(markEnds(chunks));
        expect(frames, `The same 12 bytes, cut into ${chunks.length}, ${same}`).toEqual(payloads);
      }
      step("one decoder gets the 12 bytes 2,048 times, cut in each of the ways there are");
      const wrong = (await quietly(() => pushAll(cuts))).find((frames) => !isSame(frames, payloads));
      expect(wrong, `The same 12 bytes ${same}, also behind other frames on a connection`).toEqual(payloads);
    }

    const random = new Random(seed());
    const long = [0, 1, 255, 256, 257, 1460, 4].map((length) => random.bytes(length));
    const chunks = cut(concat(...long.map(frame)), () => random.integer(1, 100));
    step("seven random payloads, of 0 to 1,460 bytes, are sent in chunks of 1 to 100 bytes");
    const again = `What is sent must come back however it is cut, here into ${chunks.length} chunks (--seed ${seed().digits} cuts it like this again)`;
    expect((await quietly(() => pushAll([chunks])))[0], again).toEqual(long);
  },
);

test(
  "refuses a length above the limit as soon as the header is complete",
  {
    why: "Four bytes from a port scanner, and the connection waits for a gigabyte, and stores all that comes.",
    read: 'lesson "A length from a stranger"; RFC 9113 §4.2 for how HTTP/2 does it',
  },
  async () => {
    const tooLarge = { threw: "FRAME_TOO_LARGE" };
    const decoder = framing.create("LengthPrefixedDecoder", { maxFrameLength: 3 });
    const allowed =
      "The limit is for each payload: both here have 3 bytes, which is the limit and so allowed; the chunk may be longer";
    const both = mark(concat(frame(text("hey")), frame(you)), 3, "3 bytes declared, as in the second header");
    expect(await outcome(decoder.push(both)), allowed).toEqual({ returned: [text("hey"), you] });
    const begun = mark(hex("00 00 00"), 2, "3 of the header's 4 bytes");
    expect(await decoder.push(begun), "Three bytes of a header tell no length yet").toEqual([]);
    const now =
      "The header is complete and declares more than the limit of 3: `push` must refuse it now, before any payload comes";
    const last = mark(hex("04"), 0, "the header's last byte: 4 bytes declared");
    expect(await outcome(decoder.push(last)), now).toEqual(tooLarge);
    const forGood =
      "Behind a refused length nobody knows where a frame begins: the decoder must stay in error";
    const later = mark(frame(you), 3, "3 bytes declared, but is this a header?");
    expect(await outcome(decoder.push(later)), forGood).toEqual(tooLarge);
    expect(await outcome(decoder.end()), `${forGood}, and \`end\` has to say so too`).toEqual(tooLarge);

    const mebibyte = "Without the option the limit is 1 MiB (1,048,576 bytes)";
    const mebi = mark(hex("00 10 00 00"), 3, "1,048,576 bytes declared");
    const byDefault = await framing.create("LengthPrefixedDecoder").push(mebi);
    expect(byDefault, `${mebibyte}, so exactly 1 MiB is allowed`).toEqual([]);
    for (const header of [
      mark(hex("00 10 00 01"), 3, "1 MiB and 1 byte"),
      mark(hex("01 00 00 00"), 0, "16 MiB: the first byte counts most"),
      mark(hex("47 45 54 20"), 3, '"GET ", read as 1,195,725,856 bytes'),
      mark(hex("ff ff ff ff"), 3, "4,294,967,295 bytes: lengths have no sign"),
    ]) {
      const above = await outcome(framing.create("LengthPrefixedDecoder").push(header));
      expect(above, `${mebibyte}, and this header declares more: \`push\` must refuse it`).toEqual(tooLarge);
    }
    const zero = framing.create("LengthPrefixedDecoder", { maxFrameLength: 0 });
    expect(await zero.push(frame(nothing)), "A limit of 0 allows the empty frame").toEqual([nothing]);
    const one = mark(hex("00 00 00 01"), 3, "1 byte declared");
    expect(await outcome(zero.push(one)), "A limit of 0 is a limit: one byte is above it").toEqual(tooLarge);
  },
);

test(
  "reports a stream that ends inside a frame",
  {
    why: "The peer was killed in the middle of a message: your log says that the connection closed well, and the order is gone.",
    read: 'lesson "The end of the stream"; RFC 9112 §8 for how HTTP/1.1 does it',
  },
  async () => {
    for (const at of [7, 4, 2, 1, 3, 5, 6, 8]) {
      const decoder = framing.create("LengthPrefixedDecoder");
      const end =
        at < 4 ? `the end: ${at} of the header's 4 bytes` : `the end: ${at - 4} of the payload's 5 bytes`;
      await decoder.push(mark(frame(hello).slice(0, at), at - 1, end));
      const inside =
        "The stream ended inside a frame: part of a message is lost, and `end` has to throw FRAME_TRUNCATED";
      expect(await outcome(decoder.end()), inside).toEqual({ threw: "FRAME_TRUNCATED" });
    }
    for (const chunks of [[frame(hello)], [frame(nothing)], []]) {
      const decoder = framing.create("LengthPrefixedDecoder");
      for (const chunk of chunks) await decoder.push(chunk);
      const between =
        "The stream ended behind a whole frame, or before the first: nothing is lost, and `end` has nothing to throw";
      expect(await outcome(decoder.end()), between).toEqual({ returned: undefined });
    }
  },
);

test(
  "spends nothing on a length before its bytes arrive",
  {
    why: "To announce 4 GiB costs an attacker four bytes; where it costs you more, a few hundred connections are enough.",
    read: 'lesson "A length from a stranger"',
    deadline: 2000,
  },
  async () => {
    const decoder = () => framing.create("LengthPrefixedDecoder", { maxFrameLength: 4_294_967_295 });
    const announced = mark(hex("ff ff ff ff 00"), 4, "4 GiB announced, 1 byte has come");
    expect(await decoder().push(announced), "One byte of 4 GiB has come: there is nothing to return").toEqual(
      [],
    );
    step(
      "64 decoders get these 5 bytes each; 64 others a header of 16 KiB and all of the payload but 1 byte",
    );
    const headers = async () => {
      const pushAnnounced = () => Array.from({ length: 64 }, () => decoder().push(announced));
      const frames = await Promise.all(quietly(pushAnnounced));
      expect(
        frames.flat(),
        "The limit allows it, and it is not complete: there is nothing to return",
      ).toEqual([]);
    };
    const arrived = concat(header(16_384), new Uint8Array(16_383));
    const payloads = () =>
      Promise.all(quietly(() => Array.from({ length: 64 }, () => decoder().push(arrived))));
    let multiple = 0;
    const peak = await framing.process.peakMemory(
      async () => (multiple = await timesAsMuch(headers, payloads)),
    );
    const cpu =
      "What has not arrived must cost nothing: 64 times 4 GiB, of which one byte has come, took far more CPU time than 64 times 16 KiB that have come";
    expect(verdictOn(multiple), cpu).toBe(verdictOn(1));
    const memory =
      "What has not arrived must cost nothing: 64 times 4 GiB, of which one byte has come, took more memory than 256 MiB";
    expect(peak < 268_435_456 ? "at most 256 MiB" : `${Math.round(peak / 1_048_576)} MiB`, memory).toBe(
      "at most 256 MiB",
    );
  },
);

test(
  "spends as much on a payload in many chunks as on the same chunks with many payloads",
  {
    why: "One large upload in small segments takes the whole CPU, and every other connection of the process times out.",
    read: 'lesson "What it may cost"',
    deadline: 2000,
  },
  async () => {
    const begun = framing.create("LengthPrefixedDecoder", { maxFrameLength: 2_097_148 });
    const alone = mark(header(2_097_148), 3, "2 MiB announced, nothing of it has come");
    expect(await begun.push(alone), "The header alone has come: there is nothing to return").toEqual([]);
    // The last byte of the one payload never comes, so that nothing has to be returned for it.
    const one = cut(frame(new Uint8Array(2_097_148)).slice(0, -1), () => 1024);
    const many = cut(concat(...Array.from({ length: 256 }, () => frame(new Uint8Array(8188)))), () => 1024);
    evidence(one.length === 2048 && many.length === 2048, "2,048 chunks of 1 KiB either way");
    const push = async (chunks: Uint8Array[], payloads: number) => {
      const [frames] = await quietly(() => pushAll([chunks], { maxFrameLength: 2_097_148 }));
      expect(frames?.length, `2,048 chunks of 1 KiB carried ${payloads} whole payloads`).toBe(payloads);
    };
    step("one decoder gets such a payload in 2,048 chunks of 1 KiB, all of it but the last byte");
    step("another gets 256 payloads of 8 KiB, in 2,048 chunks of 1 KiB as well");
    const inOne = () => push(one, 0);
    const multiple = await timesAsMuch(inOne, () => push(many, 256));
    const cpu =
      "A chunk must cost as much as its own bytes, however many came before it: one payload of 2 MiB took far more CPU time than 256 payloads in as many chunks";
    expect(verdictOn(multiple), cpu).toBe(verdictOn(1));
  },
);

test(
  "spends as much on many frames in one chunk as on the same frames in many chunks",
  {
    why: "After a pause the backlog of small messages comes in one read: who stands still over it, or dies of it, serves nobody.",
    read: 'lesson "What it may cost"',
    deadline: 2000,
  },
  async () => {
    step("64 KiB of zeros come in one chunk: the headers of 16,384 frames of no bytes");
    const empty = await framing.create("LengthPrefixedDecoder").push(new Uint8Array(65_536));
    const zeros = "64 KiB of zeros are 16,384 frames of no bytes: all had come in one chunk, so all were due";
    expect(empty.length, zeros).toBe(16_384);
    const bytes = concat(...Array.from({ length: 2048 }, () => frame(new Uint8Array(1020))));
    const push = (chunks: Uint8Array[]) => {
      const decoder = framing.create("LengthPrefixedDecoder");
      return Promise.all(chunks.map((chunk) => decoder.push.kept(chunk)));
    };
    step("one decoder gets 2 MiB in one chunk: 2,048 frames of 1 KiB");
    step("another gets the same bytes in 64 chunks of 32 KiB");
    const pieces = cut(bytes, () => 32_768);
    const atOnce = () => quietly(() => push([bytes]));
    const multiple = await timesAsMuch(atOnce, () => quietly(() => push(pieces)));
    const cpu =
      "A frame must cost as much as its own bytes, however many stand behind it: 2,048 frames in one chunk took far more CPU time than the same frames in 64 chunks";
    expect(verdictOn(multiple), cpu).toBe(verdictOn(1));
  },
);

/** Right answers come to about 1, wrong ones to 15 and more. Above `doubtful` one more look is due, above `hopeless` only that one. */
const [limit, doubtful, hopeless, looks] = [5, 2, 8, 3];

/** CPU time of `work` over that of `plain`, in turns: a pause to collect garbage may fall on either. */
async function timesAsMuch(work: () => Promise<unknown>, plain: () => Promise<unknown>): Promise<number> {
  let [ofWork, ofPlain] = [0, 0];
  for (let look = 0; look === 0 || (look < looks && ofWork > doubtful * ofPlain); look++) {
    if (look > 1 && ofWork > hopeless * ofPlain) break;
    ofPlain += await framing.process.cpuTime(plain);
    ofWork += await framing.process.cpuTime(work);
  }
  return ofWork / ofPlain;
}

function verdictOn(multiple: number): string {
  const times = multiple <= limit ? `at most ${limit}` : `≈${Math.round(multiple)}`;
  return `${times} times as much CPU time`;
}

/** One decoder takes each of these lists of chunks in turn, all in one crossing; returns the frames of each list. */
async function pushAll(
  lists: Uint8Array[][],
  ...options: [LengthPrefixedDecoderOptions?]
): Promise<unknown[][]> {
  const decoder = framing.create("LengthPrefixedDecoder", ...options);
  const results = await decoder.push.each(lists.flat().map((chunk) => [chunk]));
  let at = 0;
  return lists.map((chunks) => results.slice(at, (at += chunks.length)).flat());
}

async function pushOneByOne(chunks: Uint8Array[]): Promise<Uint8Array[]> {
  const decoder = framing.create("LengthPrefixedDecoder");
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) frames.push(...(await decoder.push(chunk)));
  return frames;
}

/** Every way to cut these bytes into chunks, those with the fewest cuts first. */
function everyCut(bytes: Uint8Array): Uint8Array[][] {
  const ways = [[bytes]];
  for (const [first = bytes, ...rest] of ways) {
    // A way grows by a cut in front of all that it has, so that each is found once.
    for (let at = 1; at < first.length; at++) ways.push([first.slice(0, at), first.slice(at), ...rest]);
  }
  return ways;
}

/** With a caret under the last byte of each chunk that says how far the stream of € and ! has come there. */
function markEnds(chunks: Uint8Array[]): Uint8Array[] {
  const ends = ["header", 4, "€", 3, "header", 4, "!", 1] as const;
  let come = 0;
  return chunks.map((chunk) => {
    come += chunk.length;
    let [left, part] = [come, 0];
    while (part < 6 && left > Number(ends[part + 1])) left -= Number(ends[(part += 2) - 1]);
    const [name, length] = [ends[part], ends[part + 1]];
    const told = name === "header" ? "of a header's 4 bytes" : `of the payload's ${length}`;
    return mark(chunk, chunk.length - 1, `${left} ${told}`);
  });
}

/** Into chunks as long as `length` says, asked for each of them. */
function cut(bytes: Uint8Array, length: () => number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    end = at + length();
    chunks.push(bytes.slice(at, end));
  }
  return chunks;
}

/** What came of a call that may throw: the code of what it threw, or what it returned. */
async function outcome(call: Promise<unknown>): Promise<{ returned: unknown } | { threw: unknown }> {
  try {
    return { returned: await call };
  } catch (error) {
    if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
    return { threw: "code" in error ? error.code : error };
  }
}

function isSame(frames: unknown[], payloads: Uint8Array[]): boolean {
  return (
    frames.length === payloads.length &&
    payloads.every((payload, index) => {
      const bytes = frames[index];
      return bytes instanceof Uint8Array && Buffer.compare(bytes, payload) === 0;
    })
  );
}

function frame(payload: Uint8Array): Uint8Array {
  return concat(header(payload.length), payload);
}

function header(length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.split(" "), (byte) => Number.parseInt(byte, 16));
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}
