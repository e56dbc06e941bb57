/** Every process of a machine that can be seen and signalled: programs that were started, and its daemons. */
import type { Host } from '../../sim/index.ts';
import type { Signal } from '../../sim/process-table.ts';
import { daemonsOf } from '../daemons.ts';

export interface SeenProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  /** Null: what a signal does to it is not modelled. */
  readonly signal: ((signal: Signal) => void) | null;
}

/** Daemons of the start have numbers below those of programs. */
const FIRST_DAEMON = 601;

const ends = (signal: Signal): boolean => signal !== 'HUP' && signal !== 'STOP' && signal !== 'CONT';

/** Programs without a path of their own by their last part. */
export const nameOf = ({ argv }: Pick<SeenProcess, 'argv'>): string => argv[0]?.split('/').at(-1) ?? '';

/** In order of their numbers. */
export function allProcesses(host: Host): readonly SeenProcess[] {
  const controllers = new Map(daemonsOf(host).map((daemon) => [daemon.unit, daemon]));
  const daemons: { argv: string[]; signal: SeenProcess['signal'] }[] = [];
  const add = (name: string, signal: SeenProcess['signal'] = null): void =>
    void daemons.push({ argv: [name], signal });
  if (host.switch) {
    add('ovsdb-server');
    const { switch: openVswitch } = host;
    if (openVswitch.running)
      add('ovs-vswitchd', (signal) => {
        if (ends(signal)) openVswitch.stop();
      });
  }
  if (host.central) {
    add('ovsdb-server');
    add('ovsdb-server');
    const { central } = host;
    if (central.runsNorthd)
      add('ovn-northd', (signal) => {
        if (ends(signal)) central.stopNorthd();
      });
  }
  const controller = controllers.get('ovn-controller');
  if (controller?.isRunning() === true)
    add('ovn-controller', (signal) => {
      if (ends(signal)) controller.stop(signal === 'TERM');
    });
  for (const routing of host.routing.values())
    for (const daemon of routing.running) add(`/usr/lib/frr/${daemon}`);
  return [
    ...daemons.map((daemon, index) => ({ ...daemon, pid: FIRST_DAEMON + index })),
    ...host.processes.all(),
  ];
}
