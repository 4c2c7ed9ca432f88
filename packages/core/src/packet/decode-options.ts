/** What a decoder takes on trust. */
export interface DecodeOptions {
  /**
   * Refuse what its checksum does not fit; true. Off for what was captured on the host that sent it: there the adapter fills
   * checksums in later (offload), and the capture shows what stood in the field before.
   */
  readonly verifyChecksums?: boolean;
  /**
   * The bytes may end before the packet does, as in captures with a snapshot length and in what an ICMP error quotes: lengths
   * that go beyond them are not refused, and checksums over what is not there are not verified. Headers must be whole. False.
   */
  readonly cut?: boolean;
}
