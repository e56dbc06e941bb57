/**
 * Settings of the connection tracker: `dpctl/ct-...-maxconns`, `ct-...-tcp-seq-chk`, `ct-...-sweep-interval`, `ipf-...`, and
 * the connections that it expects. Only the tracker of a userspace datapath has them; the kernel's refuses each.
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { DaemonCommand, Reply } from '../reply.ts';
import { namesDatapath, NO_DATAPATH, readOptions } from './dpctl-options.ts';

const refusal = (text: string, reason = 'Invalid argument'): Result<never> =>
  err(`ovs-vswitchd: ${text} (${reason})`);

const ZONE = /^zone=\s*[+-]?\d/;

interface Setting {
  readonly name: string;
  readonly usage: string;
  readonly least: number;
  readonly most: number;
  /** With so many arguments the first must be the datapath's name. */
  readonly full: number;
  /** `zone=N` may be the last argument. */
  readonly takesZone?: boolean;
  /** What is wrong with the arguments, or null. */
  readonly fault?: (words: readonly string[]) => string | null;
  /** What the kernel's tracker does not do. */
  readonly failure: string;
  /** What a userspace datapath does; without it that is not modelled. */
  readonly act?: (datapath: Datapath, words: readonly string[]) => string;
}

const setting = (one: Setting): DaemonCommand<Datapath> => ({
  name: `dpctl/${one.name}`,
  usage: one.usage,
  least: one.least,
  most: one.most,
  run: (datapath, args): Reply => {
    const options = readOptions(args);
    if (!options.ok) return options;
    const words = options.value.rest;
    const rest = one.takesZone === true && ZONE.test(words.at(-1) ?? '') ? words.slice(0, -1) : words;
    if (!namesDatapath(rest[0]) && rest.length === one.full) return err(NO_DATAPATH);
    if (datapath.bridges.size === 0) return err(`ovs-vswitchd: no datapaths exist\n${NO_DATAPATH}`);
    const fault = one.fault?.(rest) ?? null;
    if (fault !== null) return refusal(fault);
    if (!datapath.userspace) return refusal(one.failure, 'Operation not supported');
    return one.act ? ok(one.act(datapath, rest)) : err(`dpctl/${one.name} is not modelled here`);
  },
});

/** A number of 32 bits as far as the word begins with one. */
function leadingNumber(word: string | undefined): number | undefined {
  const digits = /^\s*([+-]?\d+)/.exec(word ?? '')?.[1];
  return digits === undefined ? undefined : Number(BigInt.asUintN(32, BigInt(digits.replace('+', ''))));
}

const asksNumber = (text: string) => (words: readonly string[]) =>
  leadingNumber(words.at(-1)) === undefined ? text : null;
const isFamily = (word: string | undefined): boolean => /^\s*v[46]/.test(word ?? '');
const asksFamily = (words: readonly string[]): string | null =>
  isFamily(words.at(-1)) ? null : "parameter missing: 'v4' for IPv4 or 'v6' for IPv6";

const get = (name: string, failure: string, act?: (datapath: Datapath) => string): Setting => ({
  name,
  usage: '[dp]',
  least: 0,
  most: 1,
  full: 1,
  failure,
  ...(act ? { act } : {}),
});

const sequenceCheck = (verb: 'enable' | 'disable'): Setting => ({
  name: `ct-${verb}-tcp-seq-chk`,
  usage: '[dp]',
  least: 0,
  most: 1,
  full: 2,
  failure: `${verb === 'enable' ? 'enabling' : 'disabling'} TCP sequence checking failed`,
});

const reassembly = (verb: 'enabled' | 'disabled'): Setting => ({
  name: `ipf-set-${verb}`,
  usage: '[dp] v4|v6',
  least: 1,
  most: 2,
  full: 3,
  fault: asksFamily,
  failure: `${verb === 'enabled' ? 'enabling' : 'disabling'} fragmentation reassembly failed`,
});

const SETTINGS: readonly Setting[] = [
  {
    name: 'dump-conntrack-exp',
    usage: '[dp] [zone=N]',
    least: 0,
    most: 2,
    full: 1,
    takesZone: true,
    failure: 'starting conntrack expectations dump',
  },
  get('ct-get-nconns', 'nconns could not be retrieved', ({ conntrack }) =>
    String(conntrack.connections().length),
  ),
  get('ct-get-maxconns', 'maxconns could not be retrieved', ({ conntrack }) => String(conntrack.most)),
  {
    name: 'ct-set-maxconns',
    usage: '[dp] maxconns',
    least: 1,
    most: 2,
    full: 2,
    fault: asksNumber('maxconns missing or malformed'),
    failure: 'ct set maxconns failed',
    act: ({ conntrack }, words) => {
      conntrack.most = leadingNumber(words.at(-1)) ?? 0;
      return 'setting maxconns successful';
    },
  },
  get('ct-get-tcp-seq-chk', 'TCP sequence checking query failed'),
  sequenceCheck('enable'),
  sequenceCheck('disable'),
  get('ct-get-sweep-interval', 'failed to get the sweep interval'),
  {
    name: 'ct-set-sweep-interval',
    usage: '[dp] ms',
    least: 1,
    most: 2,
    full: 2,
    fault: (words) => ((leadingNumber(words.at(-1)) ?? 0) === 0 ? 'invalid sweep value' : null),
    failure: 'failed to set the sweep interval',
  },
  reassembly('enabled'),
  reassembly('disabled'),
  {
    name: 'ipf-set-min-frag',
    usage: '[dp] v4|v6 minfragment',
    least: 2,
    most: 3,
    full: 3,
    fault: (words) => {
      if (!isFamily(words.at(-2))) return 'parameter missing: v4 for IPv4 or v6 for IPv6';
      return asksNumber('parameter missing for minimum fragment size')(words);
    },
    failure: 'requested minimum fragment size too small; see documentation',
  },
  {
    name: 'ipf-set-max-nfrags',
    usage: '[dp] maxfrags',
    least: 1,
    most: 2,
    full: 2,
    fault: asksNumber('parameter missing for maximum fragments'),
    failure: 'setting maximum fragments failed',
  },
  get('ipf-get-status', 'ipf status could not be retrieved'),
];

export const CT_SETTING_COMMANDS: readonly DaemonCommand<Datapath>[] = SETTINGS.map(setting);
