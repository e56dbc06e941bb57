/**
 * A case's network, made again from nothing: the lines of its `setup.txt` are typed on the machines that it names, in a
 * world of ours. Machines and their addresses come from the lines themselves; as in the recording, lines of `ip` are not
 * run, and a port's device is there when the port is added.
 */
import { replay } from '../../core/shell/transcript.ts';
import { World } from '../../core/sim/index.ts';
import type { MachineSpec } from '../../core/sim/machine.ts';
import type { GoldenFolder } from '../runner.ts';

interface SetupLine {
  readonly machine: string;
  readonly line: string;
}

/** Simulated nanoseconds after the last line: daemons have come to rest by then. */
const REST = 5_000_000_000;
const PROMPT = /^([\w.-]+)# (.*)$/;

/** The lines that were typed; remarks are left out. */
function setupLines(text: string): readonly SetupLine[] {
  return text.split('\n').flatMap((line): SetupLine[] => {
    const [, machine, typed] = PROMPT.exec(line) ?? [];
    return machine === undefined || typed === undefined ? [] : [{ machine, line: typed }];
  });
}

export interface RecordedNetwork {
  readonly world: World;
  /** Lines that failed, with what they said: they cannot have failed in the recording. */
  readonly failed: readonly string[];
}

/** The world after all lines. */
export function recordedNetwork(folder: GoldenFolder, name: string): RecordedNetwork {
  const lines = setupLines(folder.text(`ovn/${name}/setup.txt`));
  const machines = [...new Set(lines.map(({ machine }) => machine))];
  const world = new World(
    {
      machines: machines.map((machine, index) => machineOf(machine, index, lines)),
      segments: [{ id: 'underlay', name: 'underlay', mtu: 1500, delay: 60_000 }],
    },
    1,
  );
  takeDeploymentValues(world, folder, name);
  const failed: string[] = [];
  for (const { machine, line } of lines) {
    if (line.startsWith('ip ')) continue;
    addDevice(world, machine, line);
    const { status, err } = replay(world, machine, line);
    if (status !== 0) failed.push(`${machine}# ${line}: ${err.trim()}`);
  }
  world.clock.run(world.clock.now() + REST);
  return { world, failed };
}

function machineOf(name: string, index: number, lines: readonly SetupLine[]): MachineSpec {
  const own = lines.filter(({ machine }) => machine === name).map(({ line }) => line);
  const first = (all: readonly string[], pattern: RegExp): string | undefined =>
    all.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
  const central = own.some((line) => line.startsWith('ovn-nbctl '));
  const chassis = own.some((line) => line.startsWith('ovs-vsctl '));
  const remote = first(
    lines.map(({ line }) => line),
    /ovn-remote=tcp:([\d.]+):/,
  );
  const encaps = first(own, /ovn-encap-ip=([\d.,]+)/)?.split(',') ?? [];
  const addresses = new Set([...encaps, ...(central && remote !== undefined ? [remote] : [])]);
  return {
    name,
    kind: 'machine',
    services: [
      ...(central ? (['ovn-central'] as const) : []),
      ...(chassis ? (['openvswitch', 'ovn-controller'] as const) : []),
    ],
    nics: [
      {
        name: 'underlay',
        mac: `52:54:00:00:01:${(index + 16).toString(16)}`,
        addresses: [...addresses].map((address) => `${address}/24`),
        segment: 'underlay',
      },
    ],
  };
}

/** What OVN draws by chance once a deployment, and what is therefore the recording's to say. */
function takeDeploymentValues(world: World, folder: GoldenFolder, name: string): void {
  const nb = world.central()?.nb;
  const recorded = JSON.parse(folder.text(`ovn/${name}/nb.json`)) as {
    readonly NB_Global?: readonly { readonly options?: Readonly<Record<string, string>> }[];
  };
  const options = recorded.NB_Global?.[0]?.options ?? {};
  const drawn = new Map(
    ['mac_prefix', 'svc_monitor_mac'].flatMap((key): [string, string][] => {
      const value = options[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  nb?.transact((txn) => {
    const [global] = txn.rows('NB_Global');
    if (global) txn.update('NB_Global', global._uuid, { options: new Map([...global.options, ...drawn]) });
    else txn.insert('NB_Global', { options: drawn });
  });
}

/** The switch of the recording finds a device by any name. */
function addDevice(world: World, machine: string, line: string): void {
  const port = /\badd-port \S+ (\S+)/.exec(line)?.[1];
  const kernel = world.hosts.get(machine)?.kernel;
  if (port === undefined || / type=/.test(line) || !kernel || kernel.findLink('', port)) return;
  kernel.addPhysical('', { name: port, driver: { transmit: () => true } });
}
