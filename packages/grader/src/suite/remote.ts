import type { SocketEntry } from "@tcpip-workshop/diagnostics/sockets";

/** The types of what crosses: every call is a promise, what stays there is a handle. */

/** What crosses by value. */
type Data =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | ArrayBufferView
  | ArrayBuffer
  | Date
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | AbortSignal;

// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every function extends
type AnyFunction = (...args: any[]) => unknown;

/** `T` as it arrives on this side. */
export type Crossed<T> =
  T extends Promise<infer U>
    ? Crossed<U>
    : T extends Data
      ? T
      : T extends AnyFunction
        ? RemoteFunction<T>
        : T extends readonly unknown[]
          ? { [K in keyof T]: Crossed<T[K]> }
          : T extends AsyncIterable<infer Y> | Iterable<infer Y>
            ? AsyncIterable<Crossed<Y>> & RemoteInstance<T>
            : HasMethod<T> extends true
              ? RemoteInstance<T>
              : T;

type HasMethod<T> = true extends { [K in keyof T]: T[K] extends AnyFunction ? true : false }[keyof T]
  ? true
  : false;

export type RemoteFunction<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => Promise<Crossed<R>>
  : never;

/** A method over there, and three more ways to call it. */
export type RemoteMethod<F> = F extends (...args: infer A) => infer R
  ? ((...args: A) => Promise<Crossed<R>>) & {
      /** Calls it with each list of arguments in turn, in one crossing. The results are read after the last call. */
      each(argsList: A[]): Promise<Crossed<Awaited<R>>[]>;
      /** Leaves the result over there; `read` fetches it as it is by then. */
      kept(...args: A): Promise<{ read(): Promise<Crossed<R>> }>;
    }
  : { get(): Promise<Crossed<F>> };

export type RemoteInstance<T> = { [K in keyof T as K extends string ? K : never]: RemoteMethod<T[K]> };

type Classes<M> = {
  // oxlint-disable-next-line typescript/no-explicit-any -- as above, for constructors
  [K in keyof M]: M[K] extends new (...args: any[]) => unknown ? K : never;
}[keyof M];

/** An answer's module, seen from the suite. */
export type Answer<M> = {
  [K in keyof M as M[K] extends AnyFunction ? K : never]: RemoteMethod<M[K]>;
} & {
  /** `new M[name](...args)`. What comes back can be awaited, and can be called at once. */
  create<K extends Classes<M>>(
    name: K,
    ...args: M[K] extends new (...args: infer A) => unknown ? A : never
  ): M[K] extends new (...args: never) => infer I ? Promise<RemoteInstance<I>> & RemoteInstance<I> : never;
  /** What the kernel says of the answer's process. */
  process: AnswerStatistics;
  /**
   * The absolute path of the folder that the answer may write; it is gone when the suite is over.
   *
   * @throws {TypeError} when the suite did not ask for one: `answer(file, { scratch: true })`
   */
  readonly scratch: string;
};

export interface AnswerStatistics {
  /** CPU time of the process while `work` runs, in nanoseconds, as the kernel counted it. */
  cpuTime(work: () => Promise<unknown>): Promise<number>;
  /** The most memory the process held while `work` ran, beyond what it held before, in bytes. */
  peakMemory(work: () => Promise<unknown>): Promise<number>;
  /** The number of the process of the moment. @throws {AnswerFailure} when none can be started */
  readonly pid: number;
  /** Its sockets as the kernel shows them now; only those with this local or remote port, if one is given. */
  sockets(options?: { port?: number }): SocketEntry[];
  /**
   * Kills the process, as `kill -9` does, and waits until the kernel has it gone. Calls that have not returned reject;
   * handles are dead. The next call of an export finds a fresh process.
   */
  kill(): Promise<void>;
  /** How many processes this suite has started so far: one, plus one for each that died. */
  readonly started: number;
}
