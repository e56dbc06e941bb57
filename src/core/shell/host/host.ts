/** `host` of BIND 9.18: the addresses and mail servers of a name, or the name of an address, in a sentence each. */
import { formatIp, parseIp } from '../../linux/family.ts';
import { deferred } from '../deferred.ts';
import { messageText } from '../dig/answer-text.ts';
import { FLAG, RCODE, reverseName, TYPE, type ResourceRecord } from '../dns/message.ts';
import { ask, candidates, type Asker, type Reply } from '../dns/question-list.ts';
import { parseResolvConf } from '../dns/resolv-conf.ts';
import { RCODE_NAMES, typeName, typeNumber } from '../dns/type.table.ts';
import type { DigHost } from '../dig/dig.ts';
import type { DigOptions } from '../dig/options.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { HOST_USAGE } from './usage.table.ts';

const VERSION = 'host 9.18.49-1~deb12u3-Debian\n';
const DNS_PORT = 53;
const MILLISECOND = 1e6;
const WITH_VALUE = 'ctNWRmp';
const NOT_MODELLED = 'cClTAm';

const EVERYTHING: Pick<DigOptions, 'shown' | 'showsTtl' | 'showsClass'> = {
  shown: new Set(['comments', 'question', 'answer', 'authority', 'additional']),
  showsTtl: true,
  showsClass: true,
};

interface HostOptions {
  readonly type: number | null;
  readonly verbose: boolean;
  readonly recursion: boolean;
  readonly timeout: number;
  readonly tries: number;
  readonly port: number;
  readonly ndots: number | null;
  readonly family: 4 | 6 | null;
  readonly words: readonly string[];
}

/** The error is what it prints before it ends with 1. */
function parseHost(argv: readonly string[]): HostOptions | string {
  const options = {
    type: null as number | null,
    verbose: false,
    recursion: true,
    timeout: 5,
    tries: 2,
    port: DNS_PORT,
    ndots: null as number | null,
    family: null as 4 | 6 | null,
    words: [] as string[],
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!/^-./.test(word)) {
      options.words.push(word);
      continue;
    }
    for (let letterAt = 1; letterAt < word.length; letterAt += 1) {
      const letter = word.charAt(letterAt);
      let value = '';
      if (WITH_VALUE.includes(letter)) {
        const rest = word.slice(letterAt + 1);
        const next = rest === '' ? argv[(at += 1)] : rest;
        if (next === undefined) return `host: option requires an argument -- ${letter}\n${HOST_USAGE}`;
        value = next;
        letterAt = word.length;
      }
      if (NOT_MODELLED.includes(letter)) return `host: the option -${letter} is not modelled\n`;
      if (letter === 't') {
        const type = typeNumber(value);
        if (type === undefined) return `host: invalid type: ${value}\n\n`;
        options.type = type;
      } else if (letter === 'a') {
        options.type = TYPE.ANY;
        options.verbose = true;
      } else if (letter === 'v' || letter === 'd') options.verbose = true;
      else if (letter === 'r') options.recursion = false;
      else if (letter === 'W') options.timeout = Math.max(1, Number(value) || 1);
      else if (letter === 'R') options.tries = Math.max(1, (Number(value) || 0) + 1);
      else if (letter === 'N') options.ndots = Number(value) || 0;
      else if (letter === 'p') options.port = Number(value);
      else if (letter === 'w') options.timeout = Number.MAX_SAFE_INTEGER / 1e9;
      else if (letter === '4') options.family = 4;
      else if (letter === '6') options.family = 6;
      else if (!'iUs'.includes(letter)) return `host: illegal option -- ${letter}\n${HOST_USAGE}`;
    }
  }
  return options.words.length === 0 || options.words.length > 2 ? HOST_USAGE : options;
}

/** What a record says, behind the name that has it. */
const PHRASES: Readonly<Record<number, string>> = {
  [TYPE.A]: 'has address',
  [TYPE.AAAA]: 'has IPv6 address',
  [TYPE.MX]: 'mail is handled by',
  [TYPE.CNAME]: 'is an alias for',
  [TYPE.PTR]: 'domain name pointer',
  [TYPE.NS]: 'name server',
  [TYPE.TXT]: 'descriptive text',
  [TYPE.SOA]: 'has SOA record',
  [TYPE.SRV]: 'has SRV record',
};

const sentence = ({ name, type, text }: ResourceRecord): string =>
  `${name} ${PHRASES[type] ?? `has ${typeName(type)} record`} ${text}\n`;

/** `argv[0]` is the program's name. */
export function host(invocation: Invocation<DigHost>): Exit | RunningProgram {
  const { argv, output, host: machine, namespace, context } = invocation;
  if (argv[1] === '-V') {
    output.out(VERSION);
    return { status: 0 };
  }
  const options = parseHost(argv);
  if (typeof options === 'string') {
    output.err(options);
    return { status: 1 };
  }
  const [name = '', serverWord] = options.words;
  const settings = parseResolvConf(machine.readFile('/etc/resolv.conf') ?? '');
  let servers = settings.servers.map((one) => ({ ...one, port: options.port }));
  if (serverWord !== undefined) {
    const address = parseIp(serverWord) ?? machine.addressOf(serverWord);
    if (address === undefined) {
      output.err(`host: couldn't get address for '${serverWord}': failure\n`);
      return { status: 1 };
    }
    servers = [{ ...address, port: options.port }];
  }
  let saidServer = serverWord === undefined;
  const asker: Asker = {
    kernel: machine.kernel,
    namespace,
    context,
    program: 'host',
    servers: servers.filter((one) => options.family === null || one.family === options.family),
    timeout: options.timeout,
    tries: options.tries,
    recursion: options.recursion,
    say: (line) => output.out(`${line}\n`),
  };
  const literal = parseIp(name);
  const isReverse = literal !== undefined && (options.type === null || options.type === TYPE.PTR);
  const shown = isReverse ? `${reverseName(literal)}.` : name;
  const ndots = options.ndots ?? settings.ndots;
  const names = [...(isReverse ? [reverseName(literal)] : candidates(name, { ...settings, ndots }))];
  const types = isReverse
    ? [TYPE.PTR]
    : options.type === null
      ? [TYPE.A, TYPE.AAAA, TYPE.MX]
      : [options.type];

  const show = ({ server, message, size, took }: Reply, type: number): boolean => {
    const code = message.flags & 0xf;
    const place = formatIp(server.family, server.address);
    if (!saidServer) {
      saidServer = true;
      output.out(
        `Using domain server:\nName: ${serverWord ?? ''}\nAddress: ${place}#${server.port}\nAliases: \n\n`,
      );
    }
    if (code !== RCODE.noError) {
      output.out(`Host ${shown} not found: ${code}(${RCODE_NAMES[code] ?? code})\n`);
      if (options.verbose)
        output.out(
          `Received ${size} bytes from ${place}#${server.port} in ${Math.floor(took / MILLISECOND)} ms\n`,
        );
      return false;
    }
    if (options.verbose) {
      output.out(messageText(message, EVERYTHING).replace(';; Got answer:\n', ''));
      output.out(
        `Received ${size} bytes from ${place}#${server.port} in ${Math.floor(took / MILLISECOND)} ms\n`,
      );
    } else {
      for (const record of message.answers) output.out(sentence(record));
      const owner = message.questions[0]?.name ?? name;
      if (message.answers.length === 0 && options.type !== null)
        output.out(`${owner} has no ${typeName(type)} record\n`);
    }
    return true;
  };

  return deferred((go) => {
    let cancel = (): void => undefined;
    let found: string | null = null;
    const next = (): void => {
      const type = types[0];
      const candidate = found ?? names.shift();
      if (type === undefined || candidate === undefined) {
        go({ status: 0 });
        return;
      }
      if (options.verbose) output.out(`Trying "${candidate}"\n`);
      cancel = ask(asker, { name: candidate, type }, (reply) => {
        if (reply === null) {
          output.out(';; no servers could be reached\n');
          go({ status: 1 });
          return;
        }
        const code = reply.message.flags & 0xf;
        if (code !== RCODE.noError && found === null && names.length > 0) {
          next();
          return;
        }
        if ((reply.message.flags & FLAG.truncated) !== 0) {
          output.err('host: an answer over TCP is not modelled\n');
          go({ status: 1 });
          return;
        }
        if (!show(reply, type)) {
          go({ status: 1 });
          return;
        }
        // The other types are asked for of the name at the end of its aliases.
        found = reply.message.answers.findLast(({ type: of }) => of === type)?.name ?? candidate;
        types.shift();
        next();
      });
    };
    next();
    return () => cancel();
  });
}
