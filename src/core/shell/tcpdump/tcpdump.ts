/** tcpdump(8) 4.99.3: frames of a device as text or into a file, and files read back. */
import { decodeUtf8 } from '../../base/utf8.ts';
import { ok, type Result } from '../../base/result.ts';
import { findLink } from '../../linux/device.ts';
import type { Link } from '../../linux/index.ts';
import type { Exit, Invocation, Program, RunningProgram } from '../program.ts';
import { Capture } from './capture.ts';
import { cookedSize } from './cooked.ts';
import { deviceListText, listDevices } from './devices.ts';
import { compileExpression } from './expression.ts';
import type { TcpdumpHost } from './host.ts';
import {
  COOKED_1,
  COOKED_2,
  ETHERNET,
  isPrintable,
  linkTypeNamed,
  linkTypesOf,
  linkTypeText,
  type LinkType,
} from './link-type.ts';
import { complain, parseTcpdump, type CaptureOptions, type Ending } from './options.ts';
import { readPackets } from './read-file.ts';

export type { TcpdumpHost } from './host.ts';

const LONGEST = 262_144;

/** What is captured on; a null link stands for all devices. */
interface Source {
  readonly name: string;
  readonly link: Link | null;
}

function expressionOf({ host }: Invocation<TcpdumpHost>, options: CaptureOptions): Result<string, Ending> {
  if (options.expressionFile === null) return ok(options.expression);
  const octets = host.files.read(options.expressionFile);
  if (octets === undefined)
    return complain(`can't open ${options.expressionFile}: No such file or directory`);
  return ok(decodeUtf8(octets).replaceAll(/#[^\n]*/g, ' '));
}

function openDevice(
  { host, namespace }: Invocation<TcpdumpHost>,
  options: CaptureOptions,
): Result<Source, Ending> {
  const net = host.kernel.namespace(namespace);
  let name = options.device ?? listDevices(net)[0]?.name ?? 'any';
  if (/^\d+$/.test(name) && findLink(net, name) === undefined) {
    const numbered = listDevices(net)[Number(name) - 1];
    if (numbered === undefined) return complain('Invalid adapter index');
    name = numbered.name;
  }
  if (name === 'any') return ok({ name, link: null });
  const link = findLink(net, name);
  if (link === undefined) return complain(`${name}: No such device exists\n(No such device exists)`);
  if (options.monitor) return complain(`${name}: That device doesn't support monitor mode`);
  return link.up ? ok({ name, link }) : complain(`${name}: That device is not up`);
}

/** The type of what is captured, and whether it was asked for by name. */
function chooseType(
  source: Source,
  options: CaptureOptions,
): Result<{ readonly type: LinkType; readonly isChosen: boolean }, Ending> {
  const given = options.linkType === null ? undefined : linkTypeNamed(options.linkType);
  if (given === undefined) {
    if (source.link !== null) return ok({ type: ETHERNET, isChosen: false });
    return ok(
      options.device === null ? { type: COOKED_1, isChosen: false } : { type: COOKED_2, isChosen: true },
    );
  }
  const able = linkTypesOf(kindOf(source));
  return able.includes(given)
    ? ok({ type: given, isChosen: true })
    : complain(`${given.name} is not one of the DLTs supported by this device`);
}

const kindOf = ({ link }: Source): 'any' | 'loopback' | 'ethernet' =>
  link === null ? 'any' : link.kind === 'lo' ? 'loopback' : 'ethernet';

function listOf(source: Source, list: 'link-types' | 'stamp-types'): string {
  if (list === 'stamp-types')
    return `Time stamp types for ${source.name} (use option -j to set):\n  host (Host)\n`;
  const types = linkTypesOf(kindOf(source)).map(
    (type) => `  ${linkTypeText(type)}${isPrintable(type) ? '' : ' (printing not supported)'}\n`,
  );
  return `Data link types for ${source.name} (use option -y to set):\n${types.join('')}`;
}

function capture(
  invocation: Invocation<TcpdumpHost>,
  options: CaptureOptions,
): Result<Exit | RunningProgram, Ending> {
  const { output } = invocation;
  const source = openDevice(invocation, options);
  if (!source.ok) return source;
  if (options.list === 'link-types' || options.list === 'stamp-types') {
    output.out(listOf(source.value, options.list));
    return ok({ status: 0 });
  }
  const chosen = chooseType(source.value, options);
  if (!chosen.ok) return chosen;
  const { type, isChosen } = chosen.value;
  if (isChosen) output.err(`tcpdump: data link type ${type.name}\n`);
  const asked = options.snapLength ?? LONGEST;
  const least = type.cooked === null ? 1 : cookedSize(type.cooked) + 1;
  const snapLength = Math.max(asked, least);
  if (asked < least) output.err(`tcpdump: WARNING: snaplen raised from ${asked} to ${least}\n`);
  const text = expressionOf(invocation, options);
  if (!text.ok) return text;
  const matches = compileExpression(text.value, type, { live: true, optimize: options.optimize });
  if (!matches.ok) return matches;
  if (options.user !== null && options.user !== 'root' && options.user !== 'tcpdump')
    return complain(`Couldn't find user '${options.user}'`);
  const isQuiet = options.print.verbose === 0 && options.write === null;
  output.err(
    isQuiet ? 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n' : 'tcpdump: ',
  );
  output.err(
    `listening on ${source.value.name}, link-type ${linkTypeText(type)}, snapshot length ${snapLength} bytes\n`,
  );
  return ok(
    new Capture(invocation, options, { link: source.value.link, type, snapLength, matches: matches.value }),
  );
}

export const tcpdump: Program<TcpdumpHost> = (invocation) => {
  const { output, argv, host, namespace } = invocation;
  const parsed = parseTcpdump(argv);
  if (!parsed.ok) {
    output[parsed.error.stream](parsed.error.text);
    return { status: parsed.error.status };
  }
  const options = parsed.value;
  if (options.list === 'devices') {
    output.out(deviceListText(host.kernel.namespace(namespace)));
    return { status: 0 };
  }
  if (options.read !== null)
    return readPackets(invocation, options, options.read, expressionOf(invocation, options));
  const started = capture(invocation, options);
  if (started.ok) return started.value;
  output[started.error.stream](started.error.text);
  return { status: started.error.status };
};
