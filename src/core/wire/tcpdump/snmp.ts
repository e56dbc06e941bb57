/** SNMP, versions 1, 2c and 3. Object identifiers print in numbers, as with -n. */
import { printElement, printElementOctets, printElementString, readElement, type Element } from './asn1.ts';
import { hexOf, type Printer } from './printer.ts';

const PDU = { get: 0, getNext: 1, set: 3, trap: 4, getBulk: 5, inform: 6, trap2: 7, report: 8 } as const;

const READS: ReadonlySet<number> = new Set([PDU.get, PDU.getNext, PDU.getBulk]);
/** Requests, in which error status and index must be zero. */
const WITHOUT_ERROR: ReadonlySet<number> = new Set([
  PDU.get,
  PDU.getNext,
  PDU.set,
  PDU.inform,
  PDU.trap2,
  PDU.report,
]);
const ONLY_VERSION_2: ReadonlySet<number> = new Set([PDU.getBulk, PDU.inform, PDU.trap2, PDU.report]);

const ERRORS = [
  'noError',
  'tooBig',
  'noSuchName',
  'badValue',
  'readOnly',
  'genErr',
  'noAccess',
  'wrongType',
  'wrongLength',
  'wrongEncoding',
  'wrongValue',
  'noCreation',
  'inconsistentValue',
  'resourceUnavailable',
  'commitFailed',
  'undoFailed',
  'authorizationError',
  'notWritable',
  'inconsistentName',
] as const;

const TRAPS = [
  'coldStart',
  'warmStart',
  'linkDown',
  'linkUp',
  'authenticationFailure',
  'egpNeighborLoss',
  'enterpriseSpecific',
] as const;
const ENTERPRISE = 6;
const USER_SECURITY = 3;

/** Thrown nowhere else: the message is not what it should be, and nothing more of it is printed. */
class Stop extends Error {}
const STOP = new Stop();

/** Reads elements one after the other; each must be of a kind, or the printing stops with a remark. */
class Elements {
  at: number;
  readonly end: number;
  private readonly p: Printer;

  constructor(p: Printer, at: number, end: number) {
    this.p = p;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  any(): Element {
    const element = readElement(this.p, this.at, this.end);
    if (element === null) throw STOP;
    this.at += element.total;
    return element;
  }

  /** The next element, which must be of `kind`; else `[remark]` and what it is instead. */
  expect(kind: Element['kind'], remark: string): Element {
    const element = this.any();
    return element.kind === kind ? element : this.refuse(element, remark);
  }

  integer(name: string): number {
    const element = this.any();
    return element.kind === 'integer' ? element.integer : this.refuse(element, `${name}!=INT`);
  }

  private refuse(element: Element, remark: string): never {
    this.p.print(`[${remark}]`);
    printElement(this.p, element);
    throw STOP;
  }

  /** The elements inside a sequence. */
  sequence(remark: string): Elements {
    const { at, size } = this.expect('sequence', remark);
    return new Elements(this.p, at, at + size);
  }
}

function printVariable(p: Printer, pdu: number, variable: Elements): void {
  const name = variable.expect('oid', 'objName!=OID');
  printElement(p, name);
  const isRead = READS.has(pdu);
  if (!isRead) p.print('=');
  const value = variable.any();
  if (value.kind === 'null') return;
  if (isRead) p.print('[objVal!=NULL]');
  printElement(p, value);
}

function printVariables(p: Printer, pdu: number, elements: Elements): void {
  const list = elements.sequence('!SEQ of varbind');
  if (elements.left > 0) p.print(`[${elements.left} extra after SEQ of varbind]`);
  while (list.left > 0) {
    p.print(' ');
    printVariable(p, pdu, list.sequence('!varbind'));
  }
}

const errorText = (error: number): string => ERRORS[error] ?? `err=${error >>> 0}`;

function printRequest(p: Printer, pdu: number, elements: Elements): void {
  const request = elements.integer('reqId');
  if (p.verbose > 0) p.print(`R=${request} `);
  const isPlain = WITHOUT_ERROR.has(pdu);
  const status = elements.integer('errorStatus');
  let error = 0;
  if (pdu === PDU.getBulk) {
    p.print(` N=${status}`);
  } else if (status !== 0 && isPlain) {
    p.print(`[errorStatus(${errorText(status)})!=0]`);
  } else if (status !== 0) {
    p.print(` ${errorText(status)}`);
    error = status;
  }
  const index = elements.integer('errorIndex');
  if (pdu === PDU.getBulk) p.print(` M=${index}`);
  else if (index !== 0 && isPlain) p.print(`[errorIndex(${index})!=0]`);
  else if (index !== 0) p.print(error === 0 ? `[errorIndex(${index}) w/o errorStatus]` : `@${index}`);
  else if (error !== 0) p.print('[errorIndex==0]');
  printVariables(p, pdu, elements);
}

function printTrap(p: Printer, elements: Elements): void {
  p.print(' ');
  printElement(p, elements.expect('oid', 'enterprise!=OID'));
  p.print(' ');
  printElement(p, elements.expect('address', 'agent-addr!=INETADDR'));
  const generic = elements.integer('generic-trap');
  p.print(` ${TRAPS[generic] ?? `gt=${generic}`}`);
  const specific = elements.integer('specific-trap');
  if (generic === ENTERPRISE) p.print(` s=${specific}`);
  else if (specific !== 0) p.print(`[specific-trap(${specific})!=0]`);
  p.print(' ');
  printElement(p, elements.expect('unsigned', 'time-stamp!=TIMETICKS'));
  printVariables(p, PDU.trap, elements);
}

/** Prints what a remark ends, and goes on after it. */
function attempt(print: () => void): void {
  try {
    print();
  } catch (problem) {
    if (problem !== STOP) throw problem;
  }
}

function printPdu(p: Printer, elements: Elements, version: number): void {
  const pdu = elements.any();
  if (pdu.kind !== 'pdu') {
    p.print('[no PDU]');
    return;
  }
  if (elements.left > 0) p.print(`[${elements.left} extra after PDU]`);
  if (p.verbose > 0) p.print('{ ');
  printElement(p, pdu);
  p.print(' ');
  if (version === 0 && ONLY_VERSION_2.has(pdu.id)) {
    p.print('[v2 PDU in v1 message]');
    return;
  }
  if (version === 1 && pdu.id === PDU.trap) {
    p.print('[v1 PDU in v2 message]');
    return;
  }
  const body = new Elements(p, pdu.at, pdu.at + pdu.size);
  attempt(() => (pdu.id === PDU.trap ? printTrap(p, body) : printRequest(p, pdu.id, body)));
  if (p.verbose > 0) p.print(' } ');
}

const isPublic = (p: Printer, { at, size }: Element): boolean =>
  size === 6 && p.hex(at, size) === '7075626c6963';

function printCommunity(p: Printer, elements: Elements, version: number): void {
  const community = elements.expect('string', 'comm!=STR');
  if (!isPublic(p, community)) {
    p.print('C=');
    printElementString(p, community);
    p.print(' ');
  }
  printPdu(p, elements, version);
}

function printSecurity(p: Printer, outer: Elements): void {
  const elements = outer.sequence('!usm');
  elements.expect('string', 'msgAuthoritativeEngineID!=STR');
  const boots = elements.integer('msgAuthoritativeEngineBoots');
  if (p.verbose > 0) p.print(`B=${boots} `);
  const time = elements.integer('msgAuthoritativeEngineTime');
  if (p.verbose > 0) p.print(`T=${time} `);
  const user = elements.expect('string', 'msgUserName!=STR');
  p.print('U=');
  printElementString(p, user);
  p.print(' ');
  elements.expect('string', 'msgAuthenticationParameters!=STR');
  const privacy = elements.expect('string', 'msgPrivacyParameters!=STR');
  // The last element is counted twice, as in tcpdump.
  if (privacy.total < elements.left) p.print(`[${elements.left - privacy.total} extra after usm SEQ]`);
}

function printScoped(p: Printer, outer: Elements): void {
  const elements = outer.sequence('!scoped PDU');
  const engine = elements.expect('string', 'contextEngineID!=STR');
  p.print('E=');
  printElementOctets(p, engine);
  p.print(' ');
  const name = elements.expect('string', 'contextName!=STR');
  p.print('C=');
  printElementString(p, name);
  p.print(' ');
  printPdu(p, elements, 3);
}

function printVersion3(p: Printer, outer: Elements): void {
  const isVerbose = p.verbose > 0;
  const elements = outer.sequence('!message');
  if (isVerbose) p.print('{ ');
  elements.integer('msgID');
  elements.integer('msgMaxSize');
  const flagsElement = elements.expect('string', 'msgFlags!=STR');
  if (flagsElement.size !== 1) {
    p.print(`[msgFlags size ${flagsElement.size}]`);
    return;
  }
  const flags = p.u8(flagsElement.at);
  if (flags > 7 || flags === 2 || flags === 6) {
    p.print(`[msgFlags=0x${hexOf(flags, 2).toUpperCase()}]`);
    return;
  }
  p.print(`F=${(flags & 1) === 0 ? '' : 'a'}${(flags & 2) === 0 ? '' : 'p'}${(flags & 4) === 0 ? '' : 'r'} `);
  const before = elements.at;
  const model = elements.integer('msgSecurityModel');
  const count = elements.at - before;
  // The last element is counted twice, as in tcpdump.
  if (count < elements.left) p.print(`[${elements.left - count} extra after message SEQ]`);
  if (isVerbose) p.print('} ');
  if (model !== USER_SECURITY) {
    p.print(`[security model ${model}]`);
    return;
  }
  if (isVerbose) p.print('{ USM ');
  const rest = new Elements(p, elements.at, outer.end);
  const security = rest.expect('string', 'msgSecurityParameters!=STR');
  attempt(() => printSecurity(p, new Elements(p, security.at, security.at + security.size)));
  if (isVerbose) p.print('} { ScopedPDU ');
  attempt(() => printScoped(p, rest));
  if (isVerbose) p.print('} ');
}

function printMessage(p: Printer, from: number, length: number): void {
  const outer = new Elements(p, from, from + length);
  const elements = outer.sequence('!init SEQ');
  if (outer.left > 0) p.print(`[${outer.left} extra after iSEQ]`);
  const version = elements.integer('version');
  if (version !== 0 && version !== 1 && version !== 3) {
    p.print(`SNMP [version = ${version}]`);
    return;
  }
  if (p.verbose > 0) p.print(`{ ${version === 3 ? 'SNMPv3' : version === 1 ? 'SNMPv2c' : 'SNMPv1'} `);
  attempt(() => (version === 3 ? printVersion3(p, elements) : printCommunity(p, elements, version)));
  if (p.verbose > 0) p.print('} ');
}

export function printSnmp(p: Printer, at: number, length: number): void {
  p.protocol = 'snmp';
  p.print(' ');
  attempt(() => printMessage(p, at, length));
}
