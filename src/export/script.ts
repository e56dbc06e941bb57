/**
 * What was done to a network as a script that a person can read, change and run again:
 *
 *     # Hopscope script: Multinode OVN
 *     central: ovn-nbctl ls-add network1
 *     worker2 &: tcpdump -i eth1                     (goes on beside what follows; stopped at the end)
 *     @frame worker1 vm1 vm1 out 4044 0000 0002 …    (namespace - for the machine's own)
 *     @messages deliver spine-1//default fe80::1     (BGP: hold, release or deliver; speaker and its neighbour's address)
 *     @fault on {"kind":"cut","host":"worker2","device":"eth1"}
 */
import type { Result } from '../core/base/result.ts';
import type { Deed } from '../engine/document.ts';
import { fromBase64, toBase64 } from './document-text.ts';
import { parseDeed } from './document-schema.ts';

const FIRST = '# Hopscope script';

export function formatScript(title: string, deeds: readonly Deed[]): string {
  return [`${FIRST}: ${title.replaceAll('\n', ' ')}`, ...deeds.map(lineOf), ''].join('\n');
}

export const isScript = (text: string): boolean => text.startsWith(FIRST);

function lineOf(deed: Deed): string {
  switch (deed.kind) {
    case 'typed': {
      // A line of several rows goes on after a backslash, as in a shell.
      const line = deed.line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      return `${deed.host}${deed.until === undefined ? '' : ' &'}: ${line}`;
    }
    case 'inject': {
      const octets = fromBase64(deed.base64) ?? new Uint8Array();
      const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
      return `@frame ${deed.host} ${deed.namespace || '-'} ${deed.device} ${deed.direction} ${hex}`;
    }
    case 'messages':
      return `@messages ${deed.act}${deed.end === null ? '' : ` ${deed.end.speaker} ${deed.end.neighbour}`}`;
    case 'fault':
      return `@fault ${deed.on ? 'on' : 'off'} ${JSON.stringify(deed.fault)}`;
  }
}

/** Deeds in order, all at moment 0: they are done one after another. The error names the line that means nothing. */
export function parseScript(text: string): Result<readonly Deed[]> {
  const deeds: Deed[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const deed = deedOf(trimmed);
    if (!deed)
      return {
        ok: false,
        error: `line ${at + 1} is neither “machine: command” nor @frame, @messages or @fault`,
      };
    deeds.push(deed);
  }
  return { ok: true, value: deeds };
}

function deedOf(line: string): Deed | null {
  const frame = /^@frame (\S+) (\S+) (\S+) (in|out) ([0-9a-f\s]+)$/i.exec(line);
  if (frame) {
    const [, host = '', namespace = '', device = '', direction, hex = ''] = frame;
    const digits = hex.replaceAll(/\s/g, '');
    if (digits.length % 2 === 1) return null;
    const octets = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return {
      kind: 'inject',
      host,
      namespace: namespace === '-' ? '' : namespace,
      device,
      direction: direction === 'in' ? 'in' : 'out',
      base64: toBase64(octets),
      at: 0,
    };
  }
  const messages = /^@messages (hold|release|deliver)(?: (\S+) (\S+))?$/.exec(line);
  if (messages) {
    const [, act, speaker, neighbour] = messages;
    const end = speaker === undefined || neighbour === undefined ? null : { speaker, neighbour };
    return parseDeed({ kind: 'messages', act, end, at: 0 });
  }
  const fault = /^@fault (on|off) (\{.*\})$/.exec(line);
  if (fault) {
    try {
      return parseDeed({ kind: 'fault', fault: JSON.parse(fault[2] ?? ''), on: fault[1] === 'on', at: 0 });
    } catch {
      return null;
    }
  }
  const typed = /^([^\s:@][^\s:]*)( &)?: ?(.*)$/.exec(line);
  if (!typed) return null;
  const [, host = '', beside, rest = ''] = typed;
  const text = rest.replaceAll(/\\(n|\\)/g, (_, letter: string) => (letter === 'n' ? '\n' : '\\'));
  return {
    kind: 'typed',
    host,
    namespace: '',
    line: text,
    at: 0,
    ...(beside === undefined ? {} : { until: 0 }),
  };
}
