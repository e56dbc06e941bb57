/** Segments that Linux signed with the key `secret`, recorded from two of FRR's sessions. */
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../base/utf8.ts';
import { fromHex } from '../../base/bytes.ts';
import { signatureProblem, signSegment } from './signature.ts';

const SYN =
  'b8d000b304fd30a000000000d002faf0164700000101131235aeb42fd74f5116fc04368048ce24ca020405b4010104020103030a';
const OPEN =
  'b8d000b304fd30a17297516da018003f169900000101131290dc98e564f07c958ed0eec8004ef00affffffffffffffffffffffffffffffff005e0104fde900b401010101410206010400010001020280000202020002024600020641040000fde9020206000206450400010101020649040272310002044002c0780209470700010180000000';

const pseudo = { family: 4, source: 0xa050101, destination: 0xa050102 } as const;
const key = encodeUtf8('secret');

it.each([
  ['a SYN', SYN, pseudo],
  ['an OPEN', OPEN, pseudo],
])('%s', (_what, hex, addresses) => {
  const segment = fromHex(hex) ?? new Uint8Array(0);
  expect(signatureProblem(segment, addresses, key)).toBe(undefined);
  expect(signatureProblem(segment, addresses, encodeUtf8('other'))).toBe('MD5 signature does not match');
  expect(signatureProblem(segment, addresses, null)).toBe('signed with MD5, which is not expected');
  const altered = segment.slice();
  altered[4] = (altered[4] as number) ^ 1;
  expect(signatureProblem(altered, addresses, key)).toBe('MD5 signature does not match');
  signSegment(altered, addresses, key);
  expect(signatureProblem(altered, addresses, key)).toBe(undefined);
});
