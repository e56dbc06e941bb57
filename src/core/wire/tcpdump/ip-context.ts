/** What the payload of an IP packet needs of the packet around it. */

/** The IP packet that a transport dissector is called from. */
export interface IpContext {
  readonly version: 4 | 6;
  /** Where the IP header begins. */
  readonly at: number;
  /** True for a first fragment with more to come: lengths and checksums then say nothing. */
  readonly fragmented: boolean;
  /** Time to live, or hop limit. */
  readonly ttl: number;
}
