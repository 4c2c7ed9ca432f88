export { encodeFrame, encodePrefix } from "./encode-frame.ts";
export { DEFAULT_MAX_FRAME_LENGTH, type LengthPrefixOptions } from "./length-prefix.ts";
export {
  LengthPrefixedDecoder,
  type FrameVisitor,
  type LengthPrefixedDecoderOptions,
} from "./length-prefixed-decoder.ts";
