/** `put_fdb`: a MAC address seen behind a port becomes an FDB row, a random short while later. */
import { formatMac } from '../../../base/address.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import type { SbDatabase, SbRow } from '../../../ovsdb/index.ts';
import { LOG_FIELDS } from '../../expr/log-fields.table.ts';
import { recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { portByKeys } from './port-keys.ts';

const MILLISECOND = 1_000_000;
const MAX_DELAY_MS = 50;
const MAX_PENDING = 1000;

interface Pending {
  readonly datapathKey: number;
  readonly portKey: number;
  readonly mac: string;
  readonly due: number;
}

/** A localnet port does not take an address away from a VIF. */
function mayMove(sb: SbDatabase, row: SbRow<'FDB'>, pending: Pending): boolean {
  if (portByKeys(sb, pending.datapathKey, pending.portKey)?.type !== 'localnet') return true;
  return portByKeys(sb, row.dp_key, row.port_key)?.type !== '';
}

export class PendingFdb {
  private readonly pending = new Map<string, Pending>();

  add(entry: Pending): boolean {
    const key = `${entry.datapathKey}/${entry.mac}`;
    if (!this.pending.has(key) && this.pending.size >= MAX_PENDING) return false;
    this.pending.set(key, entry);
    return true;
  }

  /** Writes those whose time has come. */
  run(answering: Answering): void {
    const sb = answering.state?.sb;
    if (!sb) return;
    const { clock } = answering.context;
    for (const [key, entry] of this.pending) {
      if (entry.due > clock.now()) continue;
      this.pending.delete(key);
      const known = sb.find('FDB', 'mac', entry.mac).find((row) => row.dp_key === entry.datapathKey);
      if (known && !mayMove(sb, known, entry)) continue;
      const values = { port_key: entry.portKey, timestamp: clock.wallMs() };
      sb.transact((txn) => {
        txn.comment('ovn-controller');
        if (known) txn.update('FDB', known._uuid, values);
        else txn.insert('FDB', { mac: entry.mac, dp_key: entry.datapathKey, ...values });
      });
    }
  }
}

export const putFdb: Answer = (packet, answering, stores) => {
  const { headers, metadata } = packet;
  const { random, clock } = answering.context;
  const delay = (random.below(MAX_DELAY_MS) + 1) * MILLISECOND;
  const mac = formatMac(getField(headers, FIELDS.eth_src));
  const isTaken = stores.fdb.add({
    datapathKey: getFieldNumber(metadata, LOG_FIELDS.datapath),
    portKey: getFieldNumber(metadata, LOG_FIELDS.inport),
    mac,
    due: clock.now() + delay,
  });
  if (!isTaken) return;
  recordStep(answering, packet.step, { kind: 'learned', text: mac }, packet.octets, packet.because);
  answering.wake(delay);
};
