/** `qos/show` and `qos/show-types`: queues of devices. */
import { hashInt } from '../../../base/ovs-hash.ts';
import { err, ok } from '../../../base/result.ts';
import { hashTableOrder } from '../../../ofproto/bridge/flood-order.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Port } from '../../../ofproto/bridge/port.ts';
import { HtbQos, queueDetails } from '../../../ofproto/qos/htb.ts';
import { stringOrder } from '../../../ovsdb/index.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

const TYPES = [
  'linux-netem',
  'linux-fq_codel',
  'linux-codel',
  'linux-hfsc',
  'linux-noop',
  'linux-sfq',
  'linux-htb',
];

function withInterface(datapath: Datapath, name: string | undefined, act: (port: Port) => Reply): Reply {
  for (const bridge of datapath.bridges.values()) {
    const port = name === undefined ? undefined : bridge.portByName(name);
    if (port) return act(port);
  }
  return err('no such interface');
}

/** Only devices of the kernel queue. */
const isDevice = ({ type }: Port): boolean => ['', 'system', 'internal', 'tap'].includes(type);

function showTypes(port: Port): Reply {
  if (!isDevice(port)) return ok(`No QoS types supported for interface: ${port.name}\n`);
  return ok(TYPES.map((type) => `QoS type: ${type}\n`).join(''));
}

function htbText(name: string, qos: HtbQos): string {
  const queues = hashTableOrder([...qos.queues], ([id]) => hashInt(id, 0));
  const rows = queues.map(([id, { wanted, sent }]) => {
    const details = queueDetails(wanted);
    return [
      `\n${id === 0 ? 'Default' : `Queue ${id}`}:\n`,
      ...stringOrder(details.keys()).map((key) => `  ${key}: ${details.get(key) ?? ''}\n`),
      `  tx_packets: ${sent.packets}\n  tx_bytes: ${sent.bytes}\n  tx_errors: 0\n`,
    ].join('');
  });
  return `QoS: ${name} linux-htb\nmax-rate: ${qos.maxRate * 8}\n${rows.join('')}`;
}

function show(datapath: Datapath, port: Port): Reply {
  const qos = port.dpPort === null ? null : (datapath.ports.get(port.dpPort)?.qos ?? null);
  if (qos instanceof HtbQos) return ok(htbText(port.name, qos));
  if (qos !== null && isDevice(port)) return err(`QoS of type ${qos.unmodelled} is not modelled here`);
  return ok(`QoS not configured on ${port.name}\n`);
}

export const QOS_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'qos/show',
    usage: 'interface',
    least: 1,
    most: 1,
    run: (datapath, [name]) => withInterface(datapath, name, (port) => show(datapath, port)),
  },
  {
    name: 'qos/show-types',
    usage: 'interface',
    least: 1,
    most: 1,
    run: (datapath, [name]) => withInterface(datapath, name, showTypes),
  },
];
