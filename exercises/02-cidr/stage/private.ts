/** By the text, octet by octet: no block and no arithmetic. */
export const knownPrivate = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.)/;

/** Edges and neighbours of the three blocks, other special addresses, and one in each /16 of three /8. */
export const aroundPrivate = [
  "9.255.255.255",
  "10.0.0.0",
  "11.0.0.0",
  "172.16.0.0",
  "192.167.255.255",
  "192.168.0.0",
  "192.169.0.0",
  // With a meaning of their own, and none of them in RFC 1918.
  "0.0.0.0",
  "8.8.8.8",
  "100.64.0.1",
  "127.0.0.1",
  "169.254.169.254",
  "198.18.0.1",
  "255.255.255.255",
  ...[10, 172, 192].flatMap((first) => Array.from({ length: 256 }, (_, second) => `${first}.${second}.1.1`)),
];
