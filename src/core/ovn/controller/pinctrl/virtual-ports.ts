/** `bind_vport`: the chassis of the port that speaks for a virtual address claims the virtual port. */
import { getFieldNumber } from '../../../flow/flow.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { portByKeys } from './port-keys.ts';

const MAX_PENDING = 1000;
/** Claims that follow one another too soon are put off by this much more each time, in milliseconds. */
const BACKOFF = 1000;
const MAX_BACKOFF = 10_000;

interface Claim {
  readonly datapathKey: number;
  readonly portKey: number;
  readonly parentKey: number;
}

export class PendingVirtualPorts {
  private readonly pending = new Map<string, Claim>();

  add(claim: Claim): void {
    const key = `${claim.datapathKey}/${claim.portKey}`;
    if (this.pending.has(key) || this.pending.size < MAX_PENDING) this.pending.set(key, claim);
  }

  run(answering: Answering): void {
    if (!answering.state) return;
    for (const claim of this.pending.values()) this.claim(answering, claim);
    this.pending.clear();
  }

  private claim({ state, context, log }: Answering, claim: Claim): void {
    if (!state) return;
    const { sb, chassis } = state;
    const port = portByKeys(sb, claim.datapathKey, claim.portKey);
    const parent = portByKeys(sb, claim.datapathKey, claim.parentKey);
    if (!port) {
      log.warn(
        'pinctrl',
        `unknown logical port with datapath ${claim.datapathKey} and port ${claim.portKey}`,
      );
      return;
    }
    if (port.type !== 'virtual' || !parent) return;
    if (port.chassis === chassis._uuid && port.virtual_parent === parent.logical_port) return;
    const now = context.clock.wallMs();
    const number = (key: string): number => Number(port.options.get(key) ?? 0) || 0;
    const backoff = number('vport-backoff');
    const isDue = now >= number('vport-last-claim') + backoff;
    const next = isDue ? BACKOFF : Math.min(backoff + BACKOFF, MAX_BACKOFF);
    const options = new Map(port.options);
    if (isDue) options.set('vport-last-claim', String(now));
    options.set('vport-backoff', String(next));
    log.info(
      'pinctrl',
      isDue
        ? `Claiming virtual lport ${port.logical_port} for this chassis with the virtual parent ${parent.logical_port}`
        : `Postponing virtual lport ${port.logical_port} claim by ${next} ms`,
    );
    const claimed = isDue ? { chassis: chassis._uuid, virtual_parent: parent.logical_port } : {};
    sb.transact((txn) => {
      txn.comment('ovn-controller');
      txn.update('Port_Binding', port._uuid, { ...claimed, options });
    });
  }
}

export const bindVport: Answer = (packet, answering, stores) => {
  const portKey = packet.userdata.u32();
  if (portKey === undefined) return;
  stores.virtualPorts.add({
    datapathKey: getFieldNumber(packet.metadata, LOG_FIELDS.datapath),
    portKey,
    parentKey: getFieldNumber(packet.metadata, LOG_FIELDS.inport),
  });
  const what = { kind: 'controller', text: 'claims a virtual port' } as const;
  recordStep(answering, packet.step, what, packet.octets, packet.because);
  answering.wake(0);
};
