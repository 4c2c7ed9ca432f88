import { wholeNumber } from "@tcpip-workshop/command";

const COMMON = {
  host: { what: "address", default: "127.0.0.1" },
  port: wholeNumber("port", 7007, 0, 65_535),
  mode: { what: "raw, or framed: 4 bytes of length first", default: "raw", words: ["raw", "framed"] },
  "max-frame-length": wholeNumber("longest frame, bytes", 1_048_576, 0),
} as const;

export const SERVE = {
  ...COMMON,
  "max-connections": wholeNumber("connections at a time; more are closed at once", 1000),
  "idle-timeout": wholeNumber("close when nothing came or was taken for, ms", 60_000),
  "drain-deadline": wholeNumber("on SIGTERM, wait for what is in flight for, ms", 10_000, 0),
};

export const SEND = {
  ...COMMON,
  "connect-timeout": wholeNumber("for the connection, ms", 10_000),
  "idle-timeout": wholeNumber("without a byte while the reply is due, ms", 30_000),
  "total-timeout": wholeNumber("for everything, ms", 60_000),
};
