/** The daemons of a machine that can be stopped and started, by the names of their units and containers. */
import type { Host } from '../sim/index.ts';

export interface StoppableDaemon {
  readonly unit: string;
  /** Null: it runs in none. */
  readonly container: string | null;
  readonly description: string;
  isRunning(): boolean;
  start(): void;
  /** `orderly`: told to exit, so that it takes back what it wrote; otherwise it is ended by a signal. */
  stop(orderly: boolean): void;
}

export function daemonsOf(host: Host): readonly StoppableDaemon[] {
  const { controller, central, switch: openVswitch } = host;
  const daemons: StoppableDaemon[] = [];
  if (central && central.northd !== undefined)
    daemons.push({
      unit: 'ovn-northd',
      container: null,
      description: 'Open Virtual Network central control daemon',
      isRunning: () => central.runsNorthd,
      start: () => central.startNorthd(),
      stop: () => central.stopNorthd(),
    });
  if (controller)
    daemons.push({
      unit: 'ovn-controller',
      container: 'ovn_controller',
      description: 'OVN controller daemon',
      isRunning: () => controller.running,
      start: () => controller.start(),
      stop: (orderly) => controller.stop(orderly),
    });
  if (openVswitch)
    daemons.push({
      unit: 'ovs-vswitchd',
      container: null,
      description: 'Open vSwitch Forwarding Unit',
      isRunning: () => openVswitch.running,
      start: () => openVswitch.start(),
      stop: () => openVswitch.stop(),
    });
  return daemons;
}
