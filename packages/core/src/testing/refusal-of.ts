import { NetError, type NetErrorCode } from "../net-error.ts";

/** The code and the offset of the NetError that `work` throws. */
export function refusalOf(work: () => unknown): [code: NetErrorCode, offset: number | undefined] {
  try {
    work();
  } catch (error) {
    if (error instanceof NetError) return [error.code, error.offset];
    throw error;
  }
  throw new Error("Expected a NetError, got a value");
}
