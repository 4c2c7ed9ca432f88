/**
 * MTUs that paths really have, in bytes, ascending: a search tries them first (RFC 8899, section 5.3.2; the plateaus of
 * RFC 1191, section 7.1 are among them). Each is here for a reason: a medium's, or Ethernet's less what a tunnel takes.
 */
export const COMMON_MTUS: readonly number[] = [
  68, // the least of IPv4
  296, // SLIP, low-delay links
  508, // ARCNET
  576, // X.25; what every IPv4 host must take in
  1006, // SLIP
  1280, // the least of IPv6
  1400, // set by hand, generously
  1420, // WireGuard over IPv6
  1430, // VXLAN or Geneve over IPv6
  1438, // ESP over IPv4: AES-CBC with HMAC-SHA-1
  1440, // WireGuard over IPv4
  1446, // ESP over IPv4: AES-GCM
  1450, // VXLAN or Geneve over IPv4
  1460, // IPv4 or IPv6 in IPv6
  1472, // GRE with a key over IPv4
  1476, // GRE over IPv4
  1480, // IPv4 or IPv6 in IPv4
  1492, // PPPoE; IEEE 802.3 with LLC
  1500, // Ethernet
  2002, // IEEE 802.5 with 4 Mb/s
  4352, // FDDI
  8166, // IEEE 802.4
  8500, // cloud networks between zones
  8950, // VXLAN or Geneve over IPv4 on jumbo frames
  9000, // jumbo frames
  9001, // jumbo frames in a cloud
  17_914, // IBM token ring with 16 Mb/s
  65_535, // the most of IPv4
];
