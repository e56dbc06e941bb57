/** `activation_strategy`: a port that moves to this chassis starts to work when its guest is first heard here. */
import { getFieldNumber } from '../../../flow/flow.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { portByKeys } from './port-keys.ts';

const ACTIVATED = 'additional-chassis-activated';

export class PendingActivations {
  private readonly pending = new Map<string, { readonly datapathKey: number; readonly portKey: number }>();

  add(datapathKey: number, portKey: number): void {
    this.pending.set(`${datapathKey}/${portKey}`, { datapathKey, portKey });
  }

  /** Notes this chassis among those where the port works. */
  run({ state }: Answering): void {
    if (!state) return;
    const { sb, chassis } = state;
    for (const { datapathKey, portKey } of this.pending.values()) {
      const port = portByKeys(sb, datapathKey, portKey);
      const before = port?.options.get(ACTIVATED);
      if (!port || before?.split(',').includes(chassis.name) === true) continue;
      const after = before === undefined ? chassis.name : `${before},${chassis.name}`;
      sb.transact((txn) => {
        txn.comment('ovn-controller');
        txn.update('Port_Binding', port._uuid, { options: new Map([...port.options, [ACTIVATED, after]]) });
      });
    }
    this.pending.clear();
  }
}

export const activationStrategy: Answer = (packet, answering, stores) => {
  const { metadata } = packet;
  stores.activations.add(
    getFieldNumber(metadata, LOG_FIELDS.datapath),
    getFieldNumber(metadata, LOG_FIELDS.inport),
  );
  const what = { kind: 'controller', text: 'the port works on this chassis now' } as const;
  recordStep(answering, packet.step, what, packet.octets, packet.because);
  answering.wake(0);
};
