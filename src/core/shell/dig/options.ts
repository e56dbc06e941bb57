/** dig's words in any order: `@server`, options with a dash, options with a plus, a name, a type, a class (dig(1)). */
import { err, ok, type Result } from '../../base/result.ts';
import { parseIp } from '../../linux/family.ts';
import { CLASS_IN, reverseName, TYPE } from '../dns/message.ts';
import { classNumber, typeNumber } from '../dns/type.table.ts';

/** Parts of the output that `+[no]NAME` shows or leaves out. */
const PARTS = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const;
type Part = (typeof PARTS)[number];

export interface DigOptions {
  /** As it was written behind the @; null = those of /etc/resolv.conf. */
  server: string | null;
  port: number;
  name: string;
  type: number;
  class: number;
  family: 4 | 6 | null;
  readonly shown: Set<Part>;
  isShort: boolean;
  usesSearch: boolean;
  recursion: boolean;
  authenticData: boolean;
  edns: boolean;
  cookie: boolean;
  timeout: number;
  tries: number;
  showsTtl: boolean;
  showsClass: boolean;
  /** Warnings that come before anything else. */
  readonly warnings: string[];
}

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

const invalid = (word: string): Result<never> => err(`Invalid option: ${word}\n${USAGE}`);
const missing = (word: string): Result<never> => err(`dig: ${word} is not modelled\n`);

const SWITCHES: Readonly<Record<string, (options: DigOptions, on: boolean) => void>> = {
  short: (options, on) => (options.isShort = on),
  search: (options, on) => (options.usesSearch = on),
  recurse: (options, on) => (options.recursion = on),
  rec: (options, on) => (options.recursion = on),
  adflag: (options, on) => (options.authenticData = on),
  ad: (options, on) => (options.authenticData = on),
  edns: (options, on) => (options.edns = on),
  cookie: (options, on) => (options.cookie = on),
  ttlid: (options, on) => (options.showsTtl = on),
  class: (options, on) => (options.showsClass = on),
  all: (options, on) => {
    for (const part of PARTS) {
      if (on) options.shown.add(part);
      else options.shown.delete(part);
    }
  },
};

const MISSING_PLUS =
  /^\+(?:no)?(?:aaflag|aaonly|badcookie|bufsize|cdflag|crypto|defname|dns64prefix|dnssec|do|domain|dscp|expire|fail|header-only|https|http-plain|idnin|idnout|identify|ignore|keepalive|keepopen|mapped|multiline|ndots|nsid|nssearch|onesoa|opcode|padding|qid|qr|raflag|rrcomments|showsearch|split|subnet|tcp|tcflag|tls|topdown|trace|ttlunits|unknownformat|vc|yaml|zflag)(?:=|$)/;

function plus(options: DigOptions, word: string): Result<null> {
  const [, no, name = '', value] = /^\+(no)?([a-z0-9-]+)(?:=(.*))?$/.exec(word) ?? [];
  const part = PARTS.find((each) => each === name);
  const number = /^\d+$/.test(value ?? '') ? Number(value) : undefined;
  if (part !== undefined) {
    if (no === undefined) options.shown.add(part);
    else options.shown.delete(part);
  } else if (Object.hasOwn(SWITCHES, name) && value === undefined)
    SWITCHES[name]?.(options, no === undefined);
  else if ((name === 'time' || name === 'timeout') && number !== undefined)
    options.timeout = Math.max(1, number);
  else if (name === 'tries' && number !== undefined) options.tries = Math.max(1, number);
  else if (name === 'retry' && number !== undefined) options.tries = number + 1;
  else return MISSING_PLUS.test(word) ? missing(word) : invalid(word);
  return ok(null);
}

/** Options with a value, which may be joined to the letter. */
const LETTERS = 'bcfkmpqtxy';

/** The error's text goes to standard error, or, for `-v`, its own way. */
export function parseDig(argv: readonly string[]): Result<DigOptions> {
  const options: DigOptions = {
    server: null,
    port: 53,
    name: '',
    type: TYPE.A,
    class: CLASS_IN,
    family: null,
    shown: new Set(PARTS),
    isShort: false,
    usesSearch: false,
    recursion: true,
    authenticData: true,
    edns: true,
    cookie: true,
    timeout: 5,
    tries: 3,
    showsTtl: true,
    showsClass: true,
    warnings: [],
  };
  let named = false;
  let typed = false;
  const setName = (name: string): Result<null> => {
    if (named) return missing('more than one name');
    named = true;
    options.name = name;
    return ok(null);
  };
  const option = (letter: string, value: string): Result<null> => {
    if (letter === 'x') {
      const address = parseIp(value);
      if (address === undefined) return err(`Invalid IP address ${value}\n`);
      options.type = TYPE.PTR;
      typed = true;
      return setName(`${reverseName(address)}.`);
    }
    if (letter === 'q') return setName(value);
    if (letter === 'p') {
      options.port = Number(value);
      return /^\d+$/.test(value)
        ? ok(null)
        : err(`dig: Couldn't parse port number '${value}': not a valid number\n`);
    }
    if (letter === 't') {
      const type = typeNumber(value);
      if (type === undefined) options.warnings.push(`;; Warning, ignoring invalid type ${value}`);
      else options.type = type;
      typed = true;
      return ok(null);
    }
    if (letter === 'c') {
      const kind = classNumber(value);
      if (kind === undefined) options.warnings.push(`;; Warning, ignoring invalid class ${value}`);
      else options.class = kind;
      return ok(null);
    }
    return missing(`-${letter}`);
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    let taken: Result<null> = ok(null);
    if (word.startsWith('@')) options.server = word.slice(1);
    else if (word.startsWith('+')) taken = plus(options, word);
    else if (word === '-4' || word === '-6') options.family = word === '-4' ? 4 : 6;
    else if (/^-./.test(word)) {
      const letter = word.charAt(1);
      if (/^-[dhimruv]$/.test(word)) taken = missing(word);
      else if (!LETTERS.includes(letter)) taken = invalid(word);
      else {
        const value = word.length > 2 ? word.slice(2) : argv[(at += 1)];
        taken = value === undefined ? invalid(word) : option(letter, value);
      }
    } else if (!typed && typeNumber(word) !== undefined) {
      options.type = typeNumber(word) ?? TYPE.A;
      typed = true;
    } else if (classNumber(word) !== undefined) options.class = classNumber(word) ?? CLASS_IN;
    else taken = setName(word);
    if (!taken.ok) return taken;
  }
  if (!named) {
    options.name = '.';
    if (!typed) options.type = TYPE.NS;
  }
  return ok(options);
}
