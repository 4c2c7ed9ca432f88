declare module "ip-set" {
  /** IPv4 only; blocks as text. */
  export default class IPSet {
    constructor(blocks?: string[]);
    contains(address: string): boolean;
  }
}
