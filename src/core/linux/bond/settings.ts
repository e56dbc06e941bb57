/** Changing a bond's options, with the refusals of the bonding driver. */
import { ok } from '../../base/result.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import type { Link } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { bondChanged, selectActive, setActive, slaveOf } from './active.ts';
import {
  needsCarrierWatch,
  OPTION_RULES,
  usesPrimary,
  type BondOption,
  type BondSettings,
  type OptionRule,
} from './option.table.ts';
import type { BondState } from './state.ts';

/** One request: values by option (a named value by its name), and what names a slave or an address. */
export interface BondRequest {
  readonly values: Partial<Record<BondOption, string | number>>;
  readonly primary?: string;
  /** Null: let the bond choose anew. */
  readonly activeSlave?: Link | null;
  readonly actorSystem?: bigint;
}

/** Monitoring of links whose mode needs it, when nothing was said. */
const DEFAULT_MIIMON = 100;

const NOT_IN_MODE = 'option not supported in mode';
const INVALID = 'invalid option value';

function refusalOf(link: Link, bond: BondState, rule: OptionRule): ReturnType<typeof refuse> | undefined {
  if (rule.modes !== null && !rule.modes.includes(bond.settings.mode)) return refuse('EACCES', NOT_IN_MODE);
  if (rule.whileEmpty && bond.slaves.length > 0)
    return refuse('ENOTEMPTY', 'unable to set option because the bond has slaves');
  if (rule.whileDown && link.up) return refuse('EBUSY', 'unable to set option because the bond is up');
  return undefined;
}

/** Does what a request says, in the driver's order; it stops at the first refusal. */
export function changeBond(
  machine: Machine,
  net: Namespace,
  link: Link,
  request: BondRequest,
): NetlinkResult {
  const { bond } = link;
  if (bond === null) return refuse('EOPNOTSUPP');
  const result = change(net, link, bond, request);
  bondChanged(machine, net, link);
  return result;
}

function change(net: Namespace, link: Link, bond: BondState, request: BondRequest): NetlinkResult {
  const { settings } = bond;
  for (const rule of OPTION_RULES) {
    const { option } = rule;
    const value = request.values[option];
    if (value !== undefined) {
      const refusal = refusalOf(link, bond, rule);
      if (refusal !== undefined) return refusal;
      if (typeof value === 'number' && (value < rule.least || value > rule.most))
        return refuse('EINVAL', INVALID);
      if (
        (option === 'updelay' || option === 'downdelay' || option === 'peer_notify_delay') &&
        settings.miimon === 0
      )
        return refuse('EPERM');
      Object.assign(settings, { [option]: rounded(settings, option, value) });
      if (option === 'mode' && needsCarrierWatch(settings.mode) && settings.miimon === 0)
        settings.miimon = DEFAULT_MIIMON;
    }
    if (option === 'mode' && request.activeSlave !== undefined) {
      const chosen = chooseSlave(net, link, bond, request.activeSlave);
      if (!chosen.ok) return chosen;
    }
    if (option === 'peer_notify_delay' && request.primary !== undefined) {
      if (!usesPrimary(settings.mode)) return refuse('EACCES', NOT_IN_MODE);
      bond.primary = request.primary;
    }
  }
  if (request.actorSystem !== undefined) {
    if (settings.mode !== '802.3ad') return refuse('EACCES', NOT_IN_MODE);
    if (request.actorSystem === 0n || ((request.actorSystem >> 40n) & 1n) === 1n)
      return refuse('EINVAL', INVALID);
    bond.actorSystem = request.actorSystem;
  }
  return ok(undefined);
}

/** Delays are whole numbers of beats of the monitor. */
function rounded(
  settings: BondSettings,
  option: keyof BondSettings,
  value: string | number,
): string | number {
  if (typeof value !== 'number') return value;
  if (option !== 'updelay' && option !== 'downdelay' && option !== 'peer_notify_delay') return value;
  return value - (value % settings.miimon);
}

function chooseSlave(net: Namespace, link: Link, bond: BondState, wanted: Link | null): NetlinkResult {
  if (!usesPrimary(bond.settings.mode)) return refuse('EACCES', NOT_IN_MODE);
  if (wanted === null) {
    bond.active = null;
    selectActive(net, link, bond);
    return ok(undefined);
  }
  const slave = slaveOf(bond, wanted);
  if (slave === undefined || slave.link !== 'up') return refuse('EINVAL', INVALID);
  setActive(net, link, bond, slave);
  return ok(undefined);
}
