/** A message as dig prints it, section by section, with columns by tabs. */
import {
  absolute,
  FLAG,
  type DnsMessage,
  type Edns,
  type Question,
  type ResourceRecord,
} from '../dns/message.ts';
import { className, RCODE_NAMES, typeName } from '../dns/type.table.ts';
import type { DigOptions } from './options.ts';

const TAB = 8;

/** Extended errors of RFC 8914 by number, from 0. */
const EXTENDED_ERRORS = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
];

const FLAG_LETTERS = [
  [FLAG.response, 'qr'],
  [FLAG.authoritative, 'aa'],
  [FLAG.truncated, 'tc'],
  [FLAG.recursionDesired, 'rd'],
  [FLAG.recursionAvailable, 'ra'],
  [FLAG.authenticData, 'ad'],
  [FLAG.checkingDisabled, 'cd'],
] as const;

/** Words at columns 24, 32, 40, by as many tabs as it takes, one at least. */
function columns(words: readonly (readonly [word: string, column: number])[]): string {
  let text = '';
  let width = 0;
  for (const [word, column] of words) {
    if (text !== '') {
      const tabs = Math.max(1, Math.ceil((column - width) / TAB));
      text += '\t'.repeat(tabs);
      width = (Math.floor(width / TAB) + tabs) * TAB;
    }
    text += word;
    width += word.length;
  }
  return text;
}

type Showing = Pick<DigOptions, 'shown' | 'showsTtl' | 'showsClass'>;

function recordText({ name, ttl, class: kind, type, text }: ResourceRecord, options: Showing): string {
  const words: (readonly [string, number])[] = [[absolute(name), 0]];
  if (options.showsTtl) words.push([String(ttl), 24]);
  if (options.showsClass) words.push([className(kind), options.showsTtl ? 32 : 24]);
  const column = 24 + (options.showsTtl ? 8 : 0) + (options.showsClass ? 8 : 0);
  return columns([...words, [typeName(type), column], [text, column + 8]]);
}

const questionText = ({ name, class: kind, type }: Question): string =>
  columns([
    [`;${absolute(name)}`, 0],
    [className(kind), 32],
    [typeName(type), 40],
  ]);

function ednsText({ udpSize, flags, options }: Edns): string {
  const lines = [`; EDNS: version: 0, flags:${(flags & 0x8000) === 0 ? '' : ' do'}; udp: ${udpSize}`];
  for (const { code, data } of options) {
    const hex = Array.from(data, (octet) => octet.toString(16).padStart(2, '0')).join('');
    if (code === 10) lines.push(`; COOKIE: ${hex}`);
    else if (code === 15) {
      const error = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
      const name = EXTENDED_ERRORS[error];
      lines.push(`; EDE: ${error}${name === undefined ? '' : ` (${name})`}`);
    } else lines.push(`; OPT=${code}: ${hex.match(/../g)?.join(' ') ?? ''}`);
  }
  return lines.join('\n');
}

/** Everything between the banner and the statistics, as far as the options show it. */
export function messageText(message: DnsMessage, options: Showing): string {
  const { shown } = options;
  const { id, flags, questions, answers, authorities, additionals, edns } = message;
  let text = '';
  if (shown.has('comments')) {
    const names = FLAG_LETTERS.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : [` ${name}`])).join('');
    const counts = `QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${additionals.length + (edns ? 1 : 0)}`;
    text += `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${RCODE_NAMES[flags & 15] ?? `RESERVED${flags & 15}`}, id: ${id}\n;; flags:${names}; ${counts}\n`;
    if ((flags & FLAG.recursionDesired) !== 0 && (flags & FLAG.recursionAvailable) === 0)
      text += ';; WARNING: recursion requested but not available\n';
    text += '\n';
    if (edns) text += `;; OPT PSEUDOSECTION:\n${ednsText(edns)}\n`;
  }
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    text += shown.has('comments') ? `;; ${title} SECTION:\n${lines.join('\n')}\n\n` : `${lines.join('\n')}\n`;
  };
  if (shown.has('question')) section('QUESTION', questions.map(questionText));
  const records = (list: readonly ResourceRecord[]): string[] => list.map((one) => recordText(one, options));
  if (shown.has('answer')) section('ANSWER', records(answers));
  if (shown.has('authority')) section('AUTHORITY', records(authorities));
  if (shown.has('additional')) section('ADDITIONAL', records(additionals));
  return text;
}
