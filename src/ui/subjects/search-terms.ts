/**
 * What the words of a search ask for: `vlan 20`, `vni 5` and `as 65001` for that number and no other, a whole IP address
 * for what has it and for the networks in which it is, a MAC address or a part of it however it is written, anything else
 * for what contains it.
 */
import { holdsIp, ipOf, sameIp, type Ip } from './ip-range.ts';

/** What is looked at of a thing. */
interface Searched {
  readonly name: string;
  /** Lower case. */
  readonly text: string;
  readonly subnets: readonly string[];
}

/** How well a thing fits, from 0 for the best; null when it does not. */
export type SearchTerm = (thing: Searched) => number | null;

const NUMBERED = /\b(vlan|vni|asn?)\s*[\s:=#]?\s*(\d+)(?!\S)/g;
const [BEGINS, HOLDS, OTHER] = [0, 1, 2];

export function searchTerms(text: string): readonly SearchTerm[] {
  const lower = text.toLowerCase();
  const numbered = [...lower.matchAll(NUMBERED)].map(([, kind = '', number = '']) =>
    numberTerm(kind === 'asn' ? 'as' : kind, number),
  );
  const words = lower.replaceAll(NUMBERED, ' ').split(/\s+/);
  return [...numbered, ...words.filter((word) => word !== '').map(wordTerm)];
}

function numberTerm(kind: string, number: string): SearchTerm {
  const pattern = new RegExp(`(?<!\\S)${kind} ${number}(?!\\S)`);
  return ({ name, text }) => {
    if (!pattern.test(text)) return null;
    return name.toLowerCase().startsWith(`${kind} ${number}`) ? BEGINS : HOLDS;
  };
}

function wordTerm(word: string): SearchTerm {
  const ip = ipOf(word);
  if (ip) return addressTerm(word, ip);
  const mac = macOf(word);
  return ({ name, text }) => {
    if (!text.includes(word) && !(mac !== null && text.includes(mac))) return null;
    return name.toLowerCase().startsWith(word) ? BEGINS : HOLDS;
  };
}

const addressTerm =
  (word: string, ip: Ip): SearchTerm =>
  ({ text, subnets }) => {
    if (text.split(/[\s,]+/).some((part) => sameIp(ipOf(part.split('/')[0] ?? ''), ip))) return BEGINS;
    if (subnets.some((subnet) => holdsIp(subnet, ip))) return HOLDS;
    return text.includes(word) ? OTHER : null;
  };

/** `40-44-00`, `4044.0000.0002` and `404400000002` with colons; null for what is none of them. */
function macOf(word: string): string | null {
  const isMac =
    /^[0-9a-f]{2}(?:-[0-9a-f]{2}){1,5}$/.test(word) ||
    /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){1,2}$/.test(word) ||
    /^[0-9a-f]{12}$/.test(word);
  if (!isMac) return null;
  return (word.replaceAll(/[.-]/g, '').match(/../g) ?? []).join(':');
}
