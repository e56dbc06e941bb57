/** Bridges, ports and interfaces by name. A port with `fake_bridge` and a tag stands for a bridge of its own on that VLAN. */
import type { OvsRow, OvsSchema } from '../../ovsdb/index.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { fail } from '../ovsdb/stop.ts';

export type VsctlContext = CtlContext<OvsSchema>;

export interface VsctlBridge {
  readonly name: string;
  /** Null for a fake bridge. */
  readonly row: OvsRow<'Bridge'> | null;
  readonly parent: VsctlBridge | null;
  readonly vlan: number;
  readonly ports: VsctlPort[];
  readonly children: VsctlBridge[];
}

export interface VsctlPort {
  readonly row: OvsRow<'Port'>;
  readonly bridge: VsctlBridge;
  readonly ifaces: VsctlIface[];
}

export interface VsctlIface {
  readonly row: OvsRow<'Interface'>;
  readonly port: VsctlPort;
}

const isVlan = (tag: number | null): tag is number => tag !== null && tag >= 0 && tag <= 4095;

/** The one row of Open_vSwitch, which exists once a command runs. */
export function openVswitch(ctx: VsctlContext): OvsRow<'Open_vSwitch'> {
  return ctx.first('Open_vSwitch') ?? fail('no row in table Open_vSwitch');
}

/** The row that holds a bridge's ports: its own, or its parent's. */
export function realRow(bridge: VsctlBridge): OvsRow<'Bridge'> {
  return bridge.row ?? bridge.parent?.row ?? fail(`${bridge.name} has no bridge`);
}

export class Topology {
  readonly bridges = new Map<string, VsctlBridge>();
  readonly ports = new Map<string, VsctlPort>();
  readonly ifaces = new Map<string, VsctlIface>();

  constructor(ctx: VsctlContext) {
    const rows = ctx.targets('Bridge', openVswitch(ctx).bridges);
    for (const row of rows) {
      if (this.bridges.has(row.name)) continue;
      const bridge = this.addBridge(row.name, row, null, 0);
      for (const port of ctx.targets('Port', row.ports))
        if (port.fake_bridge && isVlan(port.tag) && !this.bridges.has(port.name))
          this.addBridge(port.name, null, bridge, port.tag);
    }
    for (const row of rows) {
      const bridge = this.bridges.get(row.name);
      if (bridge?.row !== row) continue;
      for (const port of ctx.targets('Port', row.ports)) {
        if (this.ports.has(port.name)) continue;
        const child = isVlan(port.tag) ? bridge.children.find(({ vlan }) => vlan === port.tag) : undefined;
        this.addPort(child ?? bridge, port, ctx.targets('Interface', port.interfaces));
      }
    }
  }

  /** The bridge, which must be there. */
  bridge(name: string): VsctlBridge {
    return this.bridges.get(name) ?? fail(`no bridge named ${name}`);
  }

  /** The bridge, which must be there and be real. */
  realBridge(name: string): VsctlBridge & { readonly row: OvsRow<'Bridge'> } {
    const bridge = this.bridge(name);
    return bridge.row === null ? fail(`${name} is a fake bridge`) : { ...bridge, row: bridge.row };
  }

  /** A port other than a bridge's own. */
  findPort(name: string): VsctlPort | undefined {
    const port = this.ports.get(name);
    return port?.bridge.name === name ? undefined : port;
  }

  port(name: string): VsctlPort {
    return this.findPort(name) ?? fail(`no port named ${name}`);
  }

  /** An interface other than a bridge's own. */
  findIface(name: string): VsctlIface | undefined {
    const iface = this.ifaces.get(name);
    return iface?.port.bridge.name === name ? undefined : iface;
  }

  iface(name: string): VsctlIface {
    return this.findIface(name) ?? fail(`no interface named ${name}`);
  }

  /** Refuses a name that something else has already. */
  checkConflicts(name: string, message: string): void {
    if (this.bridges.has(name)) fail(`${message} because a bridge named ${name} already exists`);
    const port = this.ports.get(name);
    if (port !== undefined)
      fail(`${message} because a port named ${name} already exists on bridge ${port.bridge.name}`);
    const iface = this.ifaces.get(name);
    if (iface !== undefined)
      fail(
        `${message} because an interface named ${name} already exists on bridge ${iface.port.bridge.name}`,
      );
  }

  private addBridge(
    name: string,
    row: OvsRow<'Bridge'> | null,
    parent: VsctlBridge | null,
    vlan: number,
  ): VsctlBridge {
    const bridge: VsctlBridge = { name, row, parent, vlan, ports: [], children: [] };
    parent?.children.push(bridge);
    this.bridges.set(name, bridge);
    return bridge;
  }

  private addPort(bridge: VsctlBridge, row: OvsRow<'Port'>, ifaces: readonly OvsRow<'Interface'>[]): void {
    const port: VsctlPort = { row, bridge, ifaces: [] };
    bridge.ports.push(port);
    this.ports.set(row.name, port);
    for (const each of ifaces) {
      if (this.ifaces.has(each.name)) continue;
      const iface: VsctlIface = { row: each, port };
      port.ifaces.push(iface);
      this.ifaces.set(each.name, iface);
    }
  }
}

/** Columns that most commands read. */
export const INFO_READS = {
  Open_vSwitch: ['bridges'],
  Bridge: ['name', 'controller', 'fail_mode', 'ports'],
  Port: ['name', 'fake_bridge', 'tag', 'interfaces'],
  Interface: ['name', 'ofport', 'error'],
} as const;

/** Lines of names, sorted. */
export const sortedLines = (names: Iterable<string>): string =>
  [...names]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
