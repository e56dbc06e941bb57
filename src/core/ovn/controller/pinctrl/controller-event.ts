/** `trigger_event`: a connection to a load balancer without backends becomes a Controller_Event row for the CMS. */
import { decodeUtf8 } from '../../../base/utf8.ts';
import { recordStep, refuse, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';

const EMPTY_LB_BACKENDS = 0;
const NAMES: Readonly<Record<number, string>> = { 1: 'vip', 2: 'protocol', 3: 'load_balancer' };
const COUNT = 3;
const MAX_EVENTS = 1000;
/** For this long the same event is not told again, even if its row is deleted. */
const TIMEOUT = 10_000_000_000;

interface Told {
  readonly info: ReadonlyMap<string, string>;
  readonly at: number;
}

const sameInfo = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  Object.values(NAMES).every((name) => a.get(name) === b.get(name));

export class ControllerEvents {
  private readonly told = new Map<string, Told>();
  private sequence = 0;

  /** False when it is known already. */
  add(info: ReadonlyMap<string, string>, now: number): boolean {
    const key = JSON.stringify(Object.values(NAMES).map((name) => info.get(name)));
    if (this.told.has(key) || this.told.size >= MAX_EVENTS) return false;
    this.told.set(key, { info, at: now });
    return true;
  }

  run({ state, context }: Answering): void {
    if (!state) return;
    const { sb, chassis } = state;
    for (const [key, { info, at }] of this.told) {
      const own = sb.find('Controller_Event', 'chassis', chassis._uuid);
      if (!own.some((row) => sameInfo(row.event_info, info))) {
        this.sequence += 1;
        sb.transact((txn) => {
          txn.comment('ovn-controller');
          txn.insert('Controller_Event', {
            event_type: 'empty_lb_backends',
            seq_num: this.sequence,
            event_info: info,
            chassis: chassis._uuid,
          });
        });
      }
      if (context.clock.now() >= at + TIMEOUT) this.told.delete(key);
    }
  }
}

export const controllerEvent: Answer = (packet, answering, stores) => {
  const { userdata } = packet;
  if (userdata.u32() !== EMPTY_LB_BACKENDS) {
    refuse(answering, packet, 'event not present in the userdata');
    return;
  }
  const info = new Map<string, string>();
  while (userdata.remaining > 0) {
    const name = NAMES[userdata.u16() ?? 0];
    const size = userdata.u16();
    const value = size === undefined ? undefined : userdata.take(size);
    if (name === undefined || value === undefined) break;
    info.set(name, decodeUtf8(value));
  }
  if (info.size < COUNT) {
    refuse(answering, packet, 'missing lb parameters in userdata');
    return;
  }
  if (!stores.events.add(info, answering.context.clock.now())) return;
  const text = `event empty_lb_backends for ${info.get('vip') ?? ''}`;
  recordStep(answering, packet.step, { kind: 'controller', text }, packet.octets, packet.because);
  answering.wake(0);
  answering.wake(TIMEOUT);
};
