import type { Socket } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { fiveTuple, type CloseReason, type FiveTuple } from "./echo-event.ts";
import { FrameEcho } from "./frame-echo.ts";
import type { EchoMode } from "./options.ts";

/** How often a connection is looked at in an idle time-out. */
export const IDLE_LOOKS = 8;
/** How long a peer may go on sending after a frame that was refused, in ms. */
const LINGER = 1000;
/** Raw bytes know no message that could be whole: what is in flight has come when this long nothing more did, in ms. */
const QUIET = 100;

export interface ConnectionSettings {
  mode: EchoMode;
  maxFrameLength: number;
}

/** How a connection ended. */
export interface Closed extends FiveTuple {
  reason: CloseReason;
  code?: string;
  bytesIn: number;
  bytesOut: number;
  duration: number;
}

/**
 * One accepted connection: what comes goes back, at the pace at which the peer takes it. Needs a socket with
 * `allowHalfOpen`, for the peer's FIN says only that the peer has sent all; the rest of the echo is still owed.
 */
export class ServerConnection {
  readonly tuple: FiveTuple;
  readonly #socket: Socket;
  readonly #frames: FrameEcho | undefined;
  readonly #accepted = performance.now();
  /** Bytes that came or were taken by the peer's side at the last look, and at how many looks these were no more. */
  #moved = -1;
  #same = 0;
  #reason: CloseReason = "ended";
  #code: string | undefined;
  /** Set once nothing more is echoed: our FIN is on its way. */
  #finished = false;
  #draining = false;
  #turn: NodeJS.Immediate | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(socket: Socket, settings: ConnectionSettings, onClose: (closed: Closed) => void) {
    this.#socket = socket;
    this.tuple = fiveTuple(socket);
    const { mode, maxFrameLength } = settings;
    if (mode === "framed") this.#frames = new FrameEcho(socket, maxFrameLength);
    socket.on("data", (chunk: Buffer) => this.#echo(chunk));
    socket.on("drain", () => {
      socket.resume();
      this.#settle();
    });
    socket.on("end", () => this.#peerEnded());
    socket.on("error", (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.once("close", () => {
      clearTimeout(this.#quiet);
      clearImmediate(this.#turn);
      onClose(this.#closed());
    });
  }

  /** Sends FIN as soon as all that is in flight has been echoed. */
  drain(): void {
    this.#draining = true;
    this.#settle();
  }

  /** Ends it now, by RST: a FIN would tell the peer that what it got is all there was. */
  cut(): void {
    this.#reason = "cut";
    this.#socket.resetAndDestroy();
  }

  /**
   * To be called `IDLE_LOOKS` times in an idle time-out: closes it when it is the same each time, when no byte came and
   * none was taken. Not socket.setTimeout(), which costs a busy connection a tenth of its speed, because it restarts a timer
   * with every read and write; and looks are counted, not time, so that a process that was held up does not take its
   * peers for idle before it has read what they sent.
   */
  look(): void {
    const { bytesRead, bytesWritten, writableLength } = this.#socket;
    const moved = bytesRead + bytesWritten - writableLength;
    if (moved !== this.#moved) {
      this.#moved = moved;
      this.#same = 0;
    } else if (++this.#same === IDLE_LOOKS) {
      this.#idle();
    }
  }

  #echo(chunk: Buffer): void {
    if (this.#finished) return;
    if (this.#frames === undefined) {
      if (!this.#socket.write(chunk)) this.#socket.pause();
    } else {
      try {
        this.#frames.push(chunk);
      } catch (error) {
        this.#refuse(error);
      }
      if (this.#socket.writableNeedDrain) this.#socket.pause();
    }
    if (this.#draining) this.#settle();
  }

  #peerEnded(): void {
    if (this.#finished) return;
    try {
      this.#frames?.end();
    } catch (error) {
      this.#note("frame", error);
    }
    this.#finish();
  }

  /**
   * The good frames before are owed, so the answer is their echo and FIN. What still comes is read and thrown away for a
   * while: to close with unread bytes would send RST (RFC 2525, section 2.17), which may cost the peer that echo.
   */
  #refuse(error: unknown): void {
    this.#note("frame", error);
    this.#finish();
    const linger = setTimeout(() => this.#socket.destroy(), LINGER);
    this.#socket.once("close", () => clearTimeout(linger));
  }

  #idle(): void {
    this.#note("idle");
    // What the peer did not take it will not get: no FIN, which would say that this was all.
    if (this.#socket.writableLength > 0) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { code } = error;
    // EPIPE: the RST was there before our write
    this.#note(code === "ECONNRESET" || code === "EPIPE" ? "reset" : "failed", error);
  }

  /** Looks, once all that has come by now has been read, whether anything is in flight. Only while draining. */
  #settle(): void {
    if (!this.#draining || this.#finished) return;
    clearTimeout(this.#quiet);
    clearImmediate(this.#turn);
    if (this.#frames === undefined) {
      this.#quiet = setTimeout(() => this.#rest(), QUIET);
    } else {
      // behind the second one lies a whole turn of the event loop, in which every socket was read
      this.#turn = setImmediate(() => {
        this.#turn = setImmediate(() => this.#rest());
      });
    }
  }

  #rest(): void {
    // A paused socket may have more in the kernel; its `drain` comes back here.
    if (this.#frames?.partial !== true && !this.#socket.isPaused()) this.#finish();
  }

  #finish(): void {
    this.#finished = true;
    // Behind all that was written. The socket closes when the peer's FIN is there as well.
    this.#socket.end();
    this.#socket.resume();
  }

  /** The first reason is the one; what follows from it is not. */
  #note(reason: CloseReason, error?: unknown): void {
    if (this.#reason !== "ended") return;
    this.#reason = reason;
    const code = error instanceof NetError ? error.code : (error as NodeJS.ErrnoException | undefined)?.code;
    if (code !== undefined) this.#code = code;
  }

  #closed(): Closed {
    const { bytesRead, bytesWritten } = this.#socket;
    return {
      reason: this.#reason,
      ...(this.#code !== undefined && { code: this.#code }),
      ...this.tuple,
      bytesIn: bytesRead,
      bytesOut: bytesWritten,
      duration: Math.round(performance.now() - this.#accepted),
    };
  }
}
