/** Protocol numbers (IANA's "Assigned Internet Protocol Numbers") that are decoded here. */
export const IpProtocol = { ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58 } as const;
