/** The options of `type geneve`, `gre` and `gretap`, and what `ip -d link` prints of them. */
import type { Link } from '../../linux/link.ts';
import { formatIp, isMulticastIp, parseIp, type IpAddress } from '../../linux/family.ts';
import type { TunnelState } from '../../linux/links/tunnel-state.ts';
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { Arguments } from './arguments.ts';
import type { Made, Rest } from './link-types.ts';
import type { IpRun } from './run.ts';
import { TYPE_USAGE } from './usage.table.ts';
import type { Writer } from './writer.ts';

type Options = { -readonly [Key in keyof TunnelState]: TunnelState[Key] };

const GENEVE_PORT = 6081;

const plain = (): Options => ({
  local: null,
  remote: null,
  vni: 0,
  port: 0,
  inputKey: null,
  outputKey: null,
  inputChecksum: false,
  outputChecksum: false,
  ttl: 0,
  tos: 0,
  dontFragment: 'unset',
});

const tosOf = (args: Arguments): number | undefined =>
  /^(?:0x)?[0-9a-f]{1,2}$/i.test(args.word) ? Number.parseInt(args.word.replace(/^0x/i, ''), 16) : undefined;

export function geneve(args: Arguments, rest: Rest): Made {
  const state = { ...plain(), port: GENEVE_PORT };
  let vni: number | undefined;
  while (!args.done) {
    if (args.matches('id', 'vni')) {
      args.next();
      if (vni !== undefined) return args.duplicateOrGarbage('id');
      vni = Arguments.number(args.word);
      if (vni === undefined || vni >= 1 << 24) return args.wrong('invalid id');
    } else if (args.matches('remote')) {
      args.next();
      if (state.remote !== null) return args.duplicateOrGarbage('remote');
      state.remote = parseIp(args.word) ?? args.wrong('invalid remote address');
      if (isMulticastIp(state.remote.family, state.remote.address)) args.wrong('invalid remote address');
    } else if (args.matches('ttl', 'hoplimit')) {
      const word = args.next();
      if (word === 'inherit') return args.end('ip: ttl inherit of a Geneve device is not modelled\n', 1);
      state.ttl = word === 'auto' ? 0 : args.unsigned('invalid TTL');
      if (state.ttl > 255) return args.wrong('TTL must be <= 255');
    } else if (args.matches('tos', 'dsfield')) {
      if (args.next() === 'inherit')
        return args.end('ip: tos inherit of a Geneve device is not modelled\n', 1);
      state.tos = tosOf(args) ?? args.wrong('invalid TOS');
    } else if (args.matches('df')) {
      const word = args.next();
      if (word !== 'unset' && word !== 'set' && word !== 'inherit')
        return args.wrong("DF must be 'unset', 'set' or 'inherit'");
      if (word === 'inherit') return args.end('ip: df inherit of a Geneve device is not modelled\n', 1);
      state.dontFragment = word;
    } else if (args.matches('dstport')) {
      args.next();
      state.port = args.unsigned('dstport');
    } else if (args.matches('udpcsum')) state.outputChecksum = true;
    else if (args.matches('noudpcsum')) state.outputChecksum = false;
    else if (args.matches('label', 'flowlabel', 'external', 'udp6zerocsumtx', 'innerprotoinherit'))
      return args.end(`ip: ${args.word} of a Geneve device is not modelled\n`, 1);
    else if (!args.matches('noexternal', 'noudp6zerocsumtx', 'udp6zerocsumrx', 'noudp6zerocsumrx'))
      return args.matches('help')
        ? args.end(TYPE_USAGE.geneve ?? '', 1)
        : args.end(`geneve: unknown command "${args.word}"?\n${TYPE_USAGE.geneve ?? ''}`, 1);
    args.advance();
  }
  if (vni === undefined) return args.end('geneve: missing virtual network identifier\n', 1);
  if (state.remote === null) return args.end('geneve: remote link partner not specified\n', 1);
  return { kind: 'geneve', ...rest, state: { ...state, vni } };
}

const GRE_NOT_MODELLED = [
  'seq',
  'iseq',
  'oseq',
  'ignore-df',
  'fwmark',
  'external',
  'encap',
  'encap-sport',
  'encap-dport',
  'encap-csum',
  'encap-csum6',
  'encap-remcsum',
];
/** What switches off what is off anyway. */
const GRE_OFF = ['noseq', 'noiseq', 'nooseq', 'noignore-df', 'noencap'];

export function gre(run: IpRun, args: Arguments, kind: 'gre' | 'gretap', rest: Rest): Made {
  const state: Options = { ...plain(), dontFragment: 'set' };
  const address = (): IpAddress | null => {
    args.next();
    if (args.word === 'any') return null;
    const number = parseIpv4(args.word);
    if (number === undefined)
      return args.end(`Error: inet address is expected rather than "${args.word}".\n`, 1);
    return { family: 4, address: BigInt(number) };
  };
  const key = (name: string): number => {
    args.next();
    return (
      parseIpv4(args.word) ??
      Arguments.number(args.word) ??
      args.end(`invalid value for "${name}": "${args.word}"; it should be an unsigned integer\n`, 1)
    );
  };
  while (!args.done) {
    if (args.is('remote')) state.remote = address();
    else if (args.is('local')) state.local = address();
    else if (args.is('key')) {
      state.inputKey = key('key');
      state.outputKey = state.inputKey;
    } else if (args.is('ikey')) state.inputKey = key('ikey');
    else if (args.is('okey')) state.outputKey = key('okey');
    else if (args.is('nokey', 'noikey', 'nookey')) {
      if (!args.is('nookey')) state.inputKey = null;
      if (!args.is('noikey')) state.outputKey = null;
    } else if (args.is('csum', 'icsum', 'ocsum')) {
      if (!args.is('ocsum')) state.inputChecksum = true;
      if (!args.is('icsum')) state.outputChecksum = true;
    } else if (args.is('nocsum', 'noicsum', 'noocsum')) {
      if (!args.is('noocsum')) state.inputChecksum = false;
      if (!args.is('noicsum')) state.outputChecksum = false;
    } else if (args.is('nopmtudisc')) state.dontFragment = 'unset';
    else if (args.is('pmtudisc')) state.dontFragment = 'set';
    else if (args.is('ttl', 'hoplimit', 'hlim')) {
      if (args.next() !== 'inherit') {
        const ttl = Arguments.number(args.word);
        if (ttl === undefined || ttl > 255) return args.wrong('invalid TTL\n');
        state.ttl = ttl;
      }
    } else if (args.is('tos', 'tclass') || args.matches('dsfield')) {
      if (args.next() === 'inherit') return args.end('ip: tos inherit of a GRE device is not modelled\n', 1);
      state.tos = tosOf(args) ?? args.wrong('bad TOS value');
    } else if (args.is('dev')) {
      const link = run.link(args.next());
      if (link === undefined) return { status: run.noDevice(args.word) };
      return args.end('ip: dev of a GRE device is not modelled\n', 1);
    } else if (args.is(...GRE_NOT_MODELLED))
      return args.end(`ip: ${args.word} of a GRE device is not modelled\n`, 1);
    else if (!args.is(...GRE_OFF)) return args.end(TYPE_USAGE[kind] ?? '', 1);
    args.advance();
  }
  if (state.remote !== null && isMulticastIp(4, state.remote.address))
    return args.end('ip: a group as the remote end of a GRE device is not modelled\n', 1);
  return { kind, ...rest, state };
}

/** What stands behind the kind's name. */
export function printTunnel(writer: Writer, kind: Link['kind'], state: TunnelState): void {
  if (kind === 'geneve') printGeneve(writer, state);
  else printGre(writer, state);
}

function printGeneve(writer: Writer, state: TunnelState): void {
  const { remote, vni, ttl, tos, dontFragment, port } = state;
  writer.field('id', vni, `id ${vni} `);
  if (remote !== null) {
    const text = formatIp(remote.family, remote.address);
    writer.field(remote.family === 6 ? 'remote6' : 'remote', text, `remote ${text} `);
  }
  if (ttl === 0) writer.field('ttl', 0, 'ttl auto ');
  else writer.field('ttl', ttl, `ttl ${ttl} `);
  if (tos !== 0) writer.field('tos', `0x${tos.toString(16)}`, `tos 0x${tos.toString(16)} `);
  writer.json('df', dontFragment);
  if (dontFragment !== 'unset') writer.text(`df ${dontFragment} `);
  writer.field('port', port, `dstport ${port} `);
  const bit = (name: string, word: string, on: boolean): void => {
    writer.json(name, on);
    writer.text(`${on ? '' : 'no'}${word} `);
  };
  if (remote?.family === 6) bit('udp_zero_csum6_tx', 'udp6zerocsumtx', false);
  else bit('udp_csum', 'udpcsum', state.outputChecksum);
  bit('udp_zero_csum6_rx', 'udp6zerocsumrx', true);
}

function printGre(writer: Writer, state: TunnelState): void {
  for (const [name, end] of [
    ['remote', state.remote],
    ['local', state.local],
  ] as const) {
    const text = end === null ? 'any' : formatIp(4, end.address);
    writer.field(name, text, `${name} ${text} `);
  }
  if (state.ttl === 0) writer.field('ttl', 0, 'ttl inherit ');
  else writer.field('ttl', state.ttl, `ttl ${state.ttl} `);
  if (state.tos !== 0) writer.field('tos', `0x${state.tos.toString(16)}`, `tos 0x${state.tos.toString(16)} `);
  writer.json('pmtudisc', state.dontFragment === 'set');
  if (state.dontFragment !== 'set') writer.text('nopmtudisc ');
  for (const [name, key] of [
    ['ikey', state.inputKey],
    ['okey', state.outputKey],
  ] as const)
    if (key !== null) writer.field(name, formatIpv4(key), `${name} ${formatIpv4(key)} `);
  if (state.inputChecksum) writer.field('icsum', true, 'icsum ');
  if (state.outputChecksum) writer.field('ocsum', true, 'ocsum ');
}
