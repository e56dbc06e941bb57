/** A switch on a table: its database, its bridges and the programs that a recording's `setup.txt` was typed into. */
import { inPortOf } from '../../core/flow/packet-kind.ts';
import { createRandom } from '../../core/base/random.ts';
import type { Context } from '../../core/base/context.ts';
import { ok, type Result } from '../../core/base/result.ts';
import { portMac } from '../../core/ofproto/bridge/port-mac.ts';
import { packetOut } from '../../core/ofproto/receive.ts';
import { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';
import { createDatabase, vswitchSchema, type Database, type OvsDatabase } from '../../core/ovsdb/index.ts';
import { switchConfig } from '../../core/sim/switch/switch-config.ts';
import { ovsAppctl } from '../../core/shell/ovs-appctl/ovs-appctl.ts';
import { vswitchdTarget } from '../../core/shell/ovs-appctl/vswitchd/vswitchd.ts';
import { ovsOfctl } from '../../core/shell/ovs-ofctl/ovs-ofctl.ts';
import { ovsVsctl } from '../../core/shell/ovs-vsctl/ovs-vsctl.ts';
import type { Program } from '../../core/shell/program.ts';

export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** Nothing moves and nobody listens. */
export const silentContext = (): Context => ({
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
});

/** A device that is there and up. */
const device = () => ({ mac: 1n, mtu: 1500, up: true });

/** Where packets go that nobody waits for. */
const NOWHERE = { output: () => undefined, packetIn: () => undefined };

export class Replay {
  readonly vswitch: Vswitch;
  readonly #ovs: OvsDatabase;
  readonly #context = silentContext();

  constructor() {
    this.vswitch = new Vswitch('ovs1', this.#context);
    this.vswitch.datapath.internalType = 'dummy-internal';
    this.#ovs = createDatabase(vswitchSchema, createRandom(1));
    this.#ovs.transact((txn) => {
      txn.insert('Open_vSwitch', {});
    });
  }

  #run<H>(program: Program<H>, host: H, argv: readonly string[]): Outcome {
    let out = '';
    let err = '';
    const exit = program({
      argv,
      stdin: '',
      output: { out: (text) => void (out += text), err: (text) => void (err += text) },
      context: this.#context,
      host,
      namespace: '',
    });
    return { out, err, status: 'status' in exit ? exit.status : 0 };
  }

  /** One command line as words. */
  run(argv: readonly string[]): Outcome {
    switch (argv[0]) {
      case 'ovs-vsctl': {
        const connect = (): Result<Database> => ok(this.#ovs as unknown as Database);
        const outcome = this.#run(ovsVsctl, { connect, variable: () => undefined }, argv);
        this.#reconfigure();
        return outcome;
      }
      case 'ovs-ofctl':
        return this.#run(
          ovsOfctl,
          {
            bridge: (name: string) => this.vswitch.bridges.get(name),
            readFile: () => undefined,
            macOf: (port) => portMac(this.vswitch.datapath.context.random, port),
            packetOut: (bridge, octets, said, actions) =>
              packetOut(bridge, octets, inPortOf(said), actions, null, NOWHERE, said),
          },
          argv,
        );
      case 'ovs-appctl':
        return this.#run(ovsAppctl, { target: () => vswitchdTarget(this.vswitch.datapath) }, argv);
      default:
        return { out: '', err: `${argv[0] ?? ''}: command not found\n`, status: 127 };
    }
  }

  #reconfigure(): void {
    this.vswitch.reconfigure(switchConfig(this.#ovs, device));
  }
}
