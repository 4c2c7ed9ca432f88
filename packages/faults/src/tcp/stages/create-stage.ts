import { NetError } from "@tcpip-workshop/core/net-error";
import type { Fault } from "../fault.ts";
import { blackhole, cut, halfClose, LimitStage } from "./limit-stage.ts";
import { DelayReplyStage, DropReplyStage, ResetOnRequestStage } from "./message-stage.ts";
import { bandwidth, latency, PacedStage, slice, slowClose } from "./paced-stage.ts";
import type { Place, Stage } from "./stage.ts";

/** Puts a fault to work at its place. */
export function createStage(fault: Fault, place: Place): Stage {
  switch (fault.kind) {
    case "slice":
      return new PacedStage(slice(fault), place);
    case "latency":
      return new PacedStage(latency(fault, place), place);
    case "bandwidth":
      return new PacedStage(bandwidth(fault), place);
    case "slowClose":
      return new PacedStage(slowClose(fault), place);
    case "blackhole":
      return new LimitStage(blackhole(fault), place);
    case "halfClose":
      return new LimitStage(halfClose(fault), place);
    case "cut":
      return new LimitStage(cut(fault), place);
    case "resetOnRequest":
      return new ResetOnRequestStage(fault, place);
    case "dropReply":
      return new DropReplyStage(fault, place);
    case "delayReply":
      return new DelayReplyStage(fault, place);
    default:
      return neverKind(fault);
  }
}

function neverKind(fault: never): never {
  throw new NetError("ARGUMENT_INVALID", `Expected a kind of fault, got ${JSON.stringify(fault)}`);
}
