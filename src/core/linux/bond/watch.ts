/** Link monitoring: every `miimon` milliseconds the carriers are looked at; a change counts after `updelay` or `downdelay`. */
import type { Link } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import { MILLISECOND } from '../timing.ts';
import type { BondSlave, BondState } from './state.ts';

/** Told when the state of a slave's link has changed. */
type Found = () => void;

const hasLink = (slave: Link): boolean => slave.up && (slave.carrier || !slave.operReported);

/** What is found when a slave joins. Without monitoring every link counts as up. */
export const firstLink = (bond: BondState, slave: Link): BondSlave['link'] =>
  bond.settings.miimon === 0 || hasLink(slave) ? 'up' : 'down';

/** Looks at all slaves at the next beat. */
export function watchAll(machine: Machine, net: Namespace, link: Link, bond: BondState, found?: Found): void {
  for (const slave of bond.slaves)
    watch(machine, net, link, bond, slave, found ?? (() => link.driver.changed?.(link)));
}

/**
 * Looks at one slave at the next beat of the monitor, when its link is not what the bond believes. Beats are counted
 * from the world's beginning.
 */
function watch(
  machine: Machine,
  net: Namespace,
  link: Link,
  bond: BondState,
  slave: BondSlave,
  found: Found,
): void {
  const device = net.links.get(slave.ifindex);
  const beat = bond.settings.miimon * MILLISECOND;
  if (device === undefined || beat === 0 || !link.up) {
    slave.cancelWatch?.();
    slave.cancelWatch = null;
    return;
  }
  const believed = slave.link === 'up' || slave.link === 'going-back';
  if (hasLink(device) === believed && slave.link !== 'going-back') {
    if (slave.link === 'up') {
      slave.cancelWatch?.();
      slave.cancelWatch = null;
    }
    return;
  }
  if (slave.cancelWatch !== null) return;
  const { clock } = machine.context;
  slave.cancelWatch = clock.after(beat - (clock.now() % beat), () => {
    slave.cancelWatch = null;
    look(machine, bond, slave, device, found);
  });
}

function look(machine: Machine, bond: BondState, slave: BondSlave, device: Link, found: Found): void {
  const up = hasLink(device);
  const settled = up ? 'up' : 'down';
  if (slave.link === settled) return;
  const isWaiting = slave.link === 'going-down' || slave.link === 'going-back';
  // It came back, or went again, before the delay was over.
  if (isWaiting && (slave.link === 'going-down') === up) {
    slave.link = settled;
    return found();
  }
  const delay = isWaiting ? 0 : up ? bond.settings.updelay : bond.settings.downdelay;
  // With no slave left there is nothing to wait for.
  const waits = delay > 0 && (!up || bond.slaves.some((other) => other.link === 'up'));
  if (waits) {
    slave.link = up ? 'going-back' : 'going-down';
    slave.cancelWatch = machine.context.clock.after(delay * MILLISECOND, () => {
      slave.cancelWatch = null;
      look(machine, bond, slave, device, found);
    });
    return;
  }
  slave.link = settled;
  if (!up) slave.failures += 1;
  found();
}
