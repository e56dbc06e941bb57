/** What the kernel takes as the value of a setting (`proc_dointvec_minmax` and its kin). */
import { err, ok, type Result } from '../base/result.ts';
import type { Errno } from './errno.ts';
import type { Sysctl } from './sysctl.ts';

const NUMBERS = /^-?\d+(?:\t-?\d+)*$/;

/** Settings that the kernel bounds. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'net.ipv4.ip_default_ttl': [1, 255],
  'net.ipv4.icmp_echo_ignore_all': [0, 1],
  'net.ipv4.icmp_echo_ignore_broadcasts': [0, 1],
  'net.ipv4.fib_multipath_hash_policy': [0, 3],
  'net.ipv4.fib_multipath_use_neigh': [0, 1],
  'net.ipv6.fib_multipath_hash_policy': [0, 3],
};

function isInRange(key: string, value: number): boolean {
  const [least, most] = RANGES[key] ?? [-Infinity, Infinity];
  return value >= least && value <= most;
}

/** Sets an existing setting from text as it is written into its file. */
export function writeSetting(sysctl: Sysctl, key: string, text: string): Result<void, Errno> {
  const value = text.trim().replace(/\s+/g, '\t');
  const old = sysctl.get(key) ?? '';
  if (NUMBERS.test(old) && !(NUMBERS.test(value) && isInRange(key, Number(value)))) return err('EINVAL');
  sysctl.set(key, value);
  return ok(undefined);
}
