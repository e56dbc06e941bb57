/** Carries frames between the kernel's links and the switch's ports, and packets that go up to its controllers. */
import type { Context } from '../../base/context.ts';
import type { StepId, What } from '../../base/step.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import { outputTo } from '../../ofproto/actions/ofpact.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { packetOut, receivePacket, type DatapathSink, type PacketIn } from '../../ofproto/receive.ts';
import type { TunnelMetadata } from '../../ofproto/datapath/tunnel-metadata.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';
import type { AttachedDevices } from './attached-devices.ts';
import type { InternalPorts } from './internal-ports.ts';
import type { TunnelEndpoint } from './tunnel-endpoint.ts';

/** From a frame's arrival to the turn of the userspace datapath's polling loop, in nanoseconds. */
const USERSPACE_TURN = 1_000_000;

/** What a packet for the controller is handed to; the answer tells whether somebody took it. */
export type PacketInHandler = (bridge: Bridge, packetIn: PacketIn, parent: StepId | null) => boolean;

interface Outside {
  readonly context: Context;
  readonly kernel: Kernel;
  readonly vswitch: Vswitch;
  readonly internal: Pick<InternalPorts, 'get'>;
  readonly attached: Pick<AttachedDevices, 'get'>;
  readonly tunnels: Pick<TunnelEndpoint, 'send'>;
  isUserspace(bridge: string): boolean;
  readonly toController: PacketInHandler;
}

export class PortFrames {
  readonly #outside: Outside;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** Takes what came in through a device; whether a port stands for it. */
  fromLink(link: Link, octets: Uint8Array, parent: StepId | null): boolean {
    const { context, vswitch, isUserspace } = this.#outside;
    const port = vswitch.portByName(link.name);
    if (!port) return false;
    const policer = port.dpPort === null ? null : vswitch.datapath.ports.get(port.dpPort)?.policer;
    if (policer?.admits(octets.length, context.clock.now()) === false) {
      const problem = `over ingress_policing_rate of ${link.name}`;
      this.#record(
        { device: link.name },
        { kind: 'dropped', reason: { kind: 'blocked', problem } },
        octets,
        parent,
      );
      return true;
    }
    const take = (): void => this.receive(port, octets, null, parent);
    if (isUserspace(port.bridge.name)) context.clock.after(USERSPACE_TURN, take);
    else take();
    return true;
  }

  /** A frame comes in through a port, or through whichever tunnel of its device fits. */
  receive(port: Port, octets: Uint8Array, tunnel: TunnelMetadata | null, parent: StepId | null): void {
    const { vswitch } = this.#outside;
    if (vswitch.has(port)) receivePacket(vswitch.datapath, port, octets, tunnel, parent, this.sink);
    else this.#recordGone(port, octets, parent);
  }

  /** The switch itself sends a frame by a port, if that is still there. */
  send(port: Port, octets: Uint8Array, parent: StepId | null): void {
    if (this.#outside.vswitch.has(port))
      packetOut(port.bridge, octets, OFPP.none, [outputTo(port.ofPort)], parent, this.sink);
    else this.#recordGone(port, octets, parent);
  }

  readonly sink: DatapathSink = {
    output: (dpPort, octets, tunnel, parent) => {
      const { vswitch, tunnels } = this.#outside;
      const name = vswitch.datapath.ports.get(dpPort)?.name;
      if (tunnel) tunnels.send(tunnel, octets, parent);
      else if (name !== undefined) this.#toLink(name, octets, parent);
    },
    packetIn: (bridge, packetIn, parent) => {
      // What no controller takes is gone, and the run says so.
      if (this.#outside.toController(bridge, packetIn, parent)) return;
      const feature = "a controller's answer to a packet that the switch hands up";
      this.#record(
        { bridge: bridge.name },
        { kind: 'dropped', reason: { kind: 'unsupported', feature } },
        packetIn.octets,
        parent,
      );
    },
  };

  #toLink(name: string, octets: Uint8Array, parent: StepId | null): void {
    const { context, kernel, internal, attached } = this.#outside;
    const own = internal.get(name);
    if (own) {
      // The switch hands a frame over in a later moment, as a softirq does.
      context.clock.after(0, () => kernel.receive(own, octets, parent));
      return;
    }
    const device = attached.get(name);
    if (device) kernel.transmit(device, octets, parent);
  }

  /** The port went while the frame was on its way. */
  #recordGone({ bridge, name }: Port, octets: Uint8Array, parent: StepId | null): void {
    const reason = { kind: 'blocked', problem: `port ${name} is no longer there` } as const;
    this.#record({ bridge: bridge.name }, { kind: 'dropped', reason }, octets, parent);
  }

  #record(
    at: { readonly bridge: string } | { readonly device: string },
    what: What,
    frame: Uint8Array,
    parent: StepId | null,
  ): void {
    const { context, kernel } = this.#outside;
    const { recorder } = context;
    if (recorder.active)
      recorder.record({ parent, where: { host: kernel.host, ...at }, what, frame, because: [] });
  }
}
