/** What the packet thread remembers between a packet and the pass that writes it down. */
import { PendingActivations } from './activation.ts';
import { Announcements } from './announcements.ts';
import { BufferedPackets } from './buffered.ts';
import { CacheStatistics } from './cache-statistics.ts';
import { ControllerEvents } from './controller-event.ts';
import { PendingMacBindings } from './mac-bindings.ts';
import { MulticastSnooping } from './multicast-snooping.ts';
import { NextHopProbes } from './next-hop-probes.ts';
import { PrefixDelegation } from './prefix-delegation.ts';
import { PendingFdb } from './put-fdb.ts';
import { RouteBfdSessions } from './route-bfd.ts';
import { RouterAdvertisements } from './router-advertisements.ts';
import { ServiceMonitors } from './service-monitors.ts';
import { PendingVirtualPorts } from './virtual-ports.ts';

export class PinctrlStores {
  readonly macBindings = new PendingMacBindings();
  readonly buffered = new BufferedPackets();
  readonly fdb = new PendingFdb();
  readonly events = new ControllerEvents();
  readonly announcements = new Announcements();
  readonly advertisements = new RouterAdvertisements();
  readonly statistics = new CacheStatistics();
  readonly nextHops = new NextHopProbes();
  readonly prefixes = new PrefixDelegation();
  readonly services = new ServiceMonitors();
  readonly multicast = new MulticastSnooping();
  readonly activations = new PendingActivations();
  readonly routeBfd = new RouteBfdSessions();
  readonly virtualPorts = new PendingVirtualPorts();
}
