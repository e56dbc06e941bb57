/** One machine of a world: its kernel, and the daemons that run on it. */
import { parseIpv4, parseIpv6 } from '../base/address.ts';
import type { Context } from '../base/context.ts';
import { namespaceOf, type CapturedFrame, type Kernel } from '../linux/index.ts';
import { BackgroundPrograms } from './background.ts';
import type { Central } from './central.ts';
import type { ControllerHost } from './controller-host.ts';
import type { Container } from './container.ts';
import type { ClusterMember } from './cluster/member.ts';
import type { Libvirt } from './libvirt.ts';
import type { MachineSpec } from './machine.ts';
import { MachineFiles } from './machine-files.ts';
import { ProcessTable } from './process-table.ts';
import { packagedFiles } from './routing/daemons-file.ts';
import type { MessageGate } from './routing/message-gate.ts';
import type { RouteJournal } from './routing/route-journal.ts';
import type { RoutingHost } from './routing/routing-host.ts';
import type { SwitchHost } from './switch/switch-host.ts';

/** There before anything is written into them. */
const DIRECTORIES = ['/root', '/tmp', '/run', '/var/log'];

export class Host {
  readonly spec: MachineSpec;
  readonly context: Context;
  readonly kernel: Kernel;
  /** Open vSwitch, on machines that have it. */
  switch: SwitchHost | undefined;
  /** The OVN databases and northd, on a central node. */
  central: Central | undefined;
  controller: ControllerHost | undefined;
  /** Guests and virtual networks, on a hypervisor. */
  libvirt: Libvirt | undefined;
  /** The cluster that it is a member of. */
  cluster: ClusterMember | undefined;
  readonly files: MachineFiles;
  /** Programs that run in containers, by the container's name. */
  readonly containers = new Map<string, Container>();
  /** Containers that were stopped and not removed, by name. */
  readonly exitedContainers = new Map<string, Container>();
  /** Programs that run on it. */
  readonly processes = new ProcessTable();
  /** Programs that were started with `--detach`. */
  readonly background: BackgroundPrograms;
  /** False while the machine is a guest that is shut off. */
  running = true;
  /** Sets of FRR daemons by pathspace; '' is the usual one. */
  readonly routing = new Map<string, RoutingHost>();

  /** Where messages to the machine's BGP speakers may be held back. */
  readonly messages: MessageGate;
  /** Where what its BGP speakers decide is taken down. */
  readonly journal: RouteJournal;

  constructor(
    spec: MachineSpec,
    context: Context,
    kernel: Kernel,
    control: { readonly messages: MessageGate; readonly journal: RouteJournal },
  ) {
    this.messages = control.messages;
    this.journal = control.journal;
    this.spec = spec;
    this.context = context;
    this.kernel = kernel;
    const packaged = spec.services.includes('frr') ? packagedFiles() : {};
    const own = { '/etc/hostname': `${spec.name}\n`, ...packaged, ...spec.files };
    this.files = new MachineFiles(context.clock, own);
    for (const path of DIRECTORIES) this.files.makeDirectory(path, true);
    this.files.link('/run', '/var/run');
    this.background = new BackgroundPrograms(this.processes, this.files);
  }

  get name(): string {
    return this.spec.name;
  }

  /** Whether a daemon of this machine still has work to do. */
  get busy(): boolean {
    return (this.switch?.busy ?? false) || (this.central?.busy ?? false) || (this.controller?.busy ?? false);
  }

  /** Whether a link of the root namespace that is up has the address. */
  hasAddress(address: string): boolean {
    if (!this.running) return false;
    const ipv4 = parseIpv4(address);
    const ipv6 = ipv4 === undefined ? parseIpv6(address) : undefined;
    for (const link of this.kernel.namespace().links.values())
      if (
        link.up &&
        (link.addresses4.some((one) => one.local === ipv4) ||
          link.ipv6.addresses.some((one) => one.address === ipv6))
      )
        return true;
    return false;
  }

  /** Whether a link that is up and has a carrier has a network with this address on it. */
  canReach(address: string): boolean {
    const ipv4 = parseIpv4(address);
    if (ipv4 === undefined) return this.hasAddress(address);
    for (const link of this.kernel.namespace().links.values())
      for (const one of link.addresses4) {
        const shift = 32 - one.length;
        const same = shift === 32 || one.local >>> shift === ipv4 >>> shift;
        if (same && link.up && link.carrier) return true;
      }
    return false;
  }

  /** Frames of a device (`any`: of the whole namespace) until the answer is called; undefined when there is none. */
  capture(
    namespace: string,
    device: string,
    listener: (frame: CapturedFrame) => void,
  ): (() => void) | undefined {
    if (!this.kernel.namespaces.has(namespace)) return undefined;
    if (device === 'any') return this.kernel.tap(namespace, null, listener);
    const link = this.kernel.findLink(namespace, device);
    return link ? this.kernel.tap(namespaceOf(this.kernel.machine, link).name, link, listener) : undefined;
  }
}
