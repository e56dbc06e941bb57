/** The kernel's labels of IPv6 addresses (`net/ipv6/addrlabel.c`), the longest prefixes first: RFC 6724's table in its own numbers. */
export interface AddressLabel {
  readonly prefix: bigint;
  readonly length: number;
  readonly label: number;
}

export const ADDRESS_LABELS: readonly AddressLabel[] = [
  { prefix: 1n, length: 128, label: 0 },
  { prefix: 0n, length: 96, label: 3 },
  { prefix: 0xffffn << 32n, length: 96, label: 4 },
  { prefix: 0x2001n << 112n, length: 32, label: 6 },
  { prefix: 0x20010010n << 96n, length: 28, label: 7 },
  { prefix: 0x3ffen << 112n, length: 16, label: 12 },
  { prefix: 0x2002n << 112n, length: 16, label: 2 },
  { prefix: 0xfec0n << 112n, length: 10, label: 11 },
  { prefix: 0xfc00n << 112n, length: 7, label: 5 },
  { prefix: 0n, length: 0, label: 1 },
];
