/**
 * The part of ovn-controller that answers packets which the switch sends up, and sends packets by itself. Packets are
 * answered at once; what has to be written down waits for the next pass of the whole program.
 */
import type { Context } from '../../../base/context.ts';
import type { StepId } from '../../../base/step.ts';
import type { PacketIn } from '../../../ofproto/receive.ts';
import { OPCODE, type Opcode } from '../../actions/index.ts';
import type { ControllerLog, LogThread } from '../controller-log.ts';
import type { ChassisState } from '../chassis-state.ts';
import { type Answering, type SwitchConnection } from './answer.ts';
import { ANSWERS } from './answers.table.ts';
import { LflowRows } from './lflow-row.ts';
import { PinctrlStores } from './stores.ts';
import { openPacket } from './switch-packet.ts';

export interface PinctrlOutside {
  readonly context: Context;
  readonly host: string;
  readonly log: ControllerLog;
  readonly connection: SwitchConnection;
  /** Asks for a pass of the whole program, `delay` nanoseconds from now. */
  wake(delay: number): void;
}

const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  (Object.keys(OPCODE) as Opcode[]).map((name) => [OPCODE[name], name] as const),
);

export class Pinctrl {
  readonly #log: LogThread;
  readonly #stores = new PinctrlStores();
  readonly #lflows = new LflowRows();
  readonly #answering: Answering;
  #state: ChassisState | undefined;
  #isStopped = false;

  constructor(outside: PinctrlOutside) {
    this.#log = outside.log.pinctrl;
    const { clock } = outside.context;
    const own: Context = {
      ...outside.context,
      clock: {
        now: () => clock.now(),
        wallMs: () => clock.wallMs(),
        after: (delay, act) =>
          clock.after(delay, () => {
            if (!this.#isStopped) act();
          }),
      },
    };
    const current = (): ChassisState | undefined => this.#state;
    this.#answering = {
      context: own,
      host: outside.host,
      connection: outside.connection,
      log: this.#log,
      wake: (delay) => outside.wake(delay),
      get state() {
        return current();
      },
      get bridge() {
        return current()?.settings.integrationBridge ?? '';
      },
    };
  }

  /** Ends it: what it meant to do later is not done. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Answers one packet. `step` is the step of its way up. */
  receive(packetIn: PacketIn, step: StepId | null): void {
    const answering = this.#answering;
    if (packetIn.reason !== 'action') return;
    const sb = this.#state?.sb;
    const because = sb ? this.#lflows.find(sb, packetIn.cookie, answering.host) : [];
    const opened = openPacket(packetIn, step, because);
    if (!opened) {
      this.#log.warn('pinctrl', 'packet-in userdata lacks action header');
      return;
    }
    const name = OPCODES.get(opened.opcode);
    if (name === undefined) {
      this.#log.warn('pinctrl', `unrecognized packet-in opcode ${opened.opcode}`);
      return;
    }
    const answer = ANSWERS[name];
    if (answer === 'deprecated')
      this.#log.warn('pinctrl', `pinctrl received deprecated packet-in | opcode=${name.toUpperCase()}`);
    else answer(opened.packet, answering, this.#stores);
  }

  /** The part of a pass: writes what waits, and gives back packets that wait for it. */
  run(state: ChassisState): void {
    this.#state = state;
    const answering = this.#answering;
    this.#stores.macBindings.run(answering);
    this.#stores.virtualPorts.run(answering);
    this.#stores.announcements.run(answering);
    this.#stores.advertisements.run(answering);
    this.#stores.statistics.run(answering);
    this.#stores.nextHops.run(answering);
    this.#stores.prefixes.run(answering);
    this.#stores.services.run(answering);
    this.#stores.multicast.run(answering);
    this.#stores.activations.run(answering);
    this.#stores.routeBfd.run(answering);
    this.#stores.events.run(answering);
    this.#stores.fdb.run(answering);
    this.#stores.buffered.run(answering);
  }
}
