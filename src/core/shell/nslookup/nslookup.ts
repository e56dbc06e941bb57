/** `nslookup` of BIND 9.18 with a name on its command line: who answered, and what. */
import { formatIp, parseIp } from '../../linux/family.ts';
import { deferred } from '../deferred.ts';
import { FLAG, RCODE, reverseName, TYPE, type ResourceRecord } from '../dns/message.ts';
import { ask, candidates, type Asker, type Reply } from '../dns/question-list.ts';
import { parseResolvConf } from '../dns/resolv-conf.ts';
import { className, RCODE_NAMES, typeName, typeNumber } from '../dns/type.table.ts';
import type { DigHost } from '../dig/dig.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';

const VERSION = 'nslookup 9.18.49-1~deb12u3-Debian\n';
const DNS_PORT = 53;

interface NslookupOptions {
  /** Null: addresses of both families. */
  readonly type: number | null;
  readonly debug: boolean;
  readonly timeout: number;
  readonly tries: number;
  readonly port: number;
  readonly searches: boolean;
  readonly recursion: boolean;
  readonly words: readonly string[];
}

/** Wrong options are told by `warn` and passed over. */
function parseNslookup(argv: readonly string[], warn: (text: string) => void): NslookupOptions {
  const options = {
    type: null as number | null,
    debug: false,
    timeout: 5,
    tries: 3,
    port: DNS_PORT,
    searches: true,
    recursion: true,
    words: [] as string[],
  };
  for (const word of argv.slice(1)) {
    if (!/^-./.test(word)) {
      options.words.push(word);
      continue;
    }
    const [name = '', value = ''] = word.slice(1).split(/=(.*)/s);
    const isShort = (whole: string, least: number): boolean => name.length >= least && whole.startsWith(name);
    if (isShort('querytype', 1) || isShort('type', 2)) {
      const type = typeNumber(value);
      if (type === undefined) warn(`unknown query type: ${value}`);
      else options.type = type;
    } else if (name === 'debug') options.debug = true;
    else if (name === 'nodebug') options.debug = false;
    else if (isShort('timeout', 2)) options.timeout = Math.max(1, Number(value) || 1);
    else if (name === 'retry') options.tries = Math.max(1, Number(value) || 1);
    else if (isShort('port', 2)) options.port = Number(value);
    else if (isShort('search', 3)) options.searches = true;
    else if (isShort('nosearch', 5)) options.searches = false;
    else if (isShort('recurse', 3)) options.recursion = true;
    else if (isShort('norecurse', 5)) options.recursion = false;
    else warn(`*** Invalid option: ${word.slice(1)}`);
  }
  return options;
}

/** A record as the short form has it. */
function recordText({ name, type, text }: ResourceRecord): string {
  if (type === TYPE.A || type === TYPE.AAAA) return `Name:\t${name}\nAddress: ${text}\n`;
  if (type === TYPE.CNAME) return `${name}\tcanonical name = ${text}\n`;
  if (type === TYPE.PTR) return `${name}\tname = ${text}\n`;
  if (type === TYPE.NS) return `${name}\tnameserver = ${text}\n`;
  if (type === TYPE.MX) return `${name}\tmail exchanger = ${text}\n`;
  if (type === TYPE.TXT) return `${name}\ttext = ${text}\n`;
  if (type === TYPE.SRV) return `${name}\tservice = ${text}\n`;
  return `${name}\trdata_${type} = ${text}\n`;
}

/** `-debug`: a message in its sections. */
function debugText({ message }: Reply): string {
  const records = (list: readonly ResourceRecord[]): string =>
    list
      .map(({ name, type, text, ttl }) => {
        const data =
          type === TYPE.A
            ? `internet address = ${text}`
            : type === TYPE.AAAA
              ? `has AAAA address ${text}`
              : text;
        return `    ->  ${name}\n\t${data}\n\tttl = ${ttl}\n`;
      })
      .join('');
  const questions = message.questions
    .map(({ name, type, class: kind }) => `\t${name}, type = ${typeName(type)}, class = ${className(kind)}\n`)
    .join('');
  return `------------\n    QUESTIONS:\n${questions}    ANSWERS:\n${records(message.answers)}    AUTHORITY RECORDS:\n${records(message.authorities)}    ADDITIONAL RECORDS:\n${records(message.additionals)}------------\n`;
}

/** `argv[0]` is the program's name. */
export function nslookup(invocation: Invocation<DigHost>): Exit | RunningProgram {
  const { argv, output, host, namespace, context } = invocation;
  if (argv[1] === '-version') {
    output.out(VERSION);
    return { status: 0 };
  }
  const options = parseNslookup(argv, (text) => output.out(`${text}\n`));
  const [name, serverWord] = options.words;
  if (name === undefined) {
    output.err('nslookup: asking without a name on the command line is not modelled\n');
    return { status: 1 };
  }
  const settings = parseResolvConf(host.readFile('/etc/resolv.conf') ?? '');
  let servers = settings.servers.map((one) => ({ ...one, port: options.port }));
  if (serverWord !== undefined) {
    const address = parseIp(serverWord) ?? host.addressOf(serverWord);
    if (address === undefined) {
      output.err(`nslookup: couldn't get address for '${serverWord}': failure\n`);
      return { status: 1 };
    }
    servers = [{ ...address, port: options.port }];
  }
  const asker: Asker = {
    kernel: host.kernel,
    namespace,
    context,
    program: 'nslookup',
    servers,
    timeout: options.timeout,
    tries: options.tries,
    recursion: options.recursion,
    say: (line) => output.out(`${line}\n`),
  };
  const literal = parseIp(name);
  const isDefault = options.type === null && literal === undefined;
  const types = isDefault ? [TYPE.A, TYPE.AAAA] : [literal ? TYPE.PTR : (options.type ?? TYPE.A)];
  const usual = options.searches ? candidates(name, settings) : [name.replace(/\.$/, '')];
  const names = literal ? [reverseName(literal)] : [...usual];
  const shown = literal ? reverseName(literal) : name;

  /** Whether the name exists. */
  const show = (reply: Reply, type: number, isFirst: boolean): boolean => {
    const { server, message } = reply;
    if (isFirst && literal === undefined) {
      const place = formatIp(server.family, server.address);
      output.out(`Server:\t\t${serverWord ?? place}\nAddress:\t${place}#${server.port}\n\n`);
    }
    const code = message.flags & 0xf;
    if (options.debug) output.out(debugText(reply));
    if (code !== RCODE.noError) {
      if (isFirst) output.out(`** server can't find ${shown}: ${RCODE_NAMES[code] ?? code}\n`);
      return false;
    }
    const isAuthoritative = (message.flags & FLAG.authoritative) !== 0;
    if (!isAuthoritative && isFirst) output.out('Non-authoritative answer:\n');
    for (const record of message.answers)
      if (isFirst || record.type !== TYPE.CNAME) output.out(recordText(record));
    const isEmpty = message.answers.length === 0;
    if (isEmpty && !isDefault) output.out(`*** Can't find ${shown}: No answer\n`);
    if (!isAuthoritative && !isDefault && type !== TYPE.A && type !== TYPE.AAAA) {
      output.out('\nAuthoritative answers can be found from:\n');
      for (const record of [...message.authorities, ...message.additionals]) output.out(recordText(record));
    }
    return true;
  };

  return deferred((go) => {
    let cancel = (): void => undefined;
    let found: string | null = null;
    let isFirst = true;
    let answers = 0;
    const finish = (status: number): void => {
      if (isDefault && status === 0 && answers === 0) output.out(`*** Can't find ${shown}: No answer\n`);
      output.out('\n');
      go({ status });
    };
    const next = (): void => {
      const type = types[0];
      const candidate = found ?? names.shift();
      if (type === undefined || candidate === undefined) {
        finish(0);
        return;
      }
      cancel = ask(asker, { name: candidate, type }, (reply) => {
        if (reply === null) {
          output.out(';; no servers could be reached\n');
          finish(1);
          return;
        }
        const code = reply.message.flags & 0xf;
        if (code !== RCODE.noError && found === null && names.length > 0) {
          next();
          return;
        }
        const exists = show(reply, type, isFirst);
        if (!exists && isFirst) {
          finish(1);
          return;
        }
        answers += reply.message.answers.length;
        found = candidate;
        isFirst = false;
        types.shift();
        next();
      });
    };
    next();
    return () => cancel();
  });
}
