import { wholeNumber } from "@tcpip-workshop/command";

const COMMON = {
  host: { what: "address", default: "127.0.0.1" },
  mode: {
    what: "echo: each datagram as it came; request: 12 bytes of header, each id once",
    default: "echo",
    words: ["echo", "request"],
  },
} as const;

export const SERVE = {
  ...COMMON,
  port: wholeNumber("port", 7007, 0, 65_535),
  "max-datagram-length": wholeNumber("longest datagram that is answered, bytes", 65_535, 0, 65_535),
  "max-running": wholeNumber("requests that run at once; more are dropped", 1024, 1, 1_000_000),
  "window-age": wholeNumber("remember a reply for, ms", 60_000),
  "window-entries": wholeNumber("remember at most so many replies", 65_536, 1, 10_000_000),
  "window-bytes": wholeNumber("remember at most so many bytes", 67_108_864, 66_047),
  "min-source-port": wholeNumber("do not answer ports below", 1024, 1, 65_535),
  "receive-buffer": wholeNumber("SO_RCVBUF, bytes; 0 for the system's default", 0, 0, 1_073_741_823),
  "drain-deadline": wholeNumber("on SIGTERM, wait for what is in hand for, ms", 10_000, 0),
  "stats-interval": wholeNumber("print all counts every so many ms; 0 for at the end only", 60_000, 0),
};

export const SEND = {
  ...COMMON,
  port: wholeNumber("port", 7007, 1, 65_535),
  "total-timeout": wholeNumber("for the reply, retries and all, ms", 10_000),
  attempts: wholeNumber("datagrams at most", 8, 1, 1000),
  "first-wait": wholeNumber("longest wait before the second datagram, ms; doubles from there", 1000),
  "when-refused": { what: "fail, or retry", default: "fail", words: ["fail", "retry"] },
} as const;
