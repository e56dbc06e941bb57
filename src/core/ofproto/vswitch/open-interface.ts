/** Whether an interface can be opened as its row says, and if not, the words that its `error` column gets. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Datapath } from '../bridge/datapath.ts';
import {
  isTunnelType,
  TUNNEL_TYPES,
  tunnelDevice,
  type TunnelAddress,
  type TunnelConfig,
} from '../bridge/tunnel-config.ts';
import { readTunnelConfig } from '../bridge/tunnel-options.ts';
import type { InterfaceConfig } from './config.ts';

/** Types of interfaces that can be opened, beside those of tunnels. No kernel of today carries STT. */
const OPENABLE: ReadonlySet<string> = new Set([
  '',
  'dummy',
  'internal',
  'patch',
  'system',
  'tap',
  ...TUNNEL_TYPES.filter((type) => type !== 'stt'),
]);

/** An interface on a device of the host's, which the host does not have. */
export const lacksDevice = ({ type, device }: InterfaceConfig): boolean =>
  (type === '' || type === 'system') && device === null;

function wrongPatch({ name, options }: InterfaceConfig): string | undefined {
  const peer = options.get('peer');
  if (peer === undefined) return `${name}: patch type requires valid 'peer' argument`;
  if (options.size > 1) return `${name}: patch type takes only a 'peer' argument`;
  return peer === name ? `${name}: patch peer must not be self` : undefined;
}

const sameAddress = (a: TunnelAddress | 'flow', b: TunnelAddress | 'flow'): boolean =>
  a === 'flow' || b === 'flow' ? a === b : a.ipv4 === b.ipv4 && a.ipv6 === b.ipv6;

/** Whether a packet that arrives could not be told to be for the one tunnel or the other: no device has two such ports. */
const sameArrival = (a: TunnelConfig, b: TunnelConfig): boolean =>
  sameAddress(a.remote, b.remote) &&
  sameAddress(a.local, b.local) &&
  (a.inKey ?? 0n) === (b.inKey ?? 0n) &&
  a.packetMode === b.packetMode &&
  tunnelDevice(a.type, a.port) === tunnelDevice(b.type, b.port);

function* tunnelsOf(datapath: Datapath): Generator<TunnelConfig> {
  for (const { ports } of datapath.bridges.values())
    for (const { tunnel } of ports.values()) if (tunnel) yield tunnel;
}

function clash(datapath: Datapath, name: string, config: TunnelConfig): string | undefined {
  const { type, port, groupPolicy } = config;
  if (type === 'vxlan')
    for (const other of tunnelsOf(datapath))
      if (other.type === type && other.port === port && other.groupPolicy !== groupPolicy)
        return `${name}: VXLAN-GBP, and non-VXLAN-GBP tunnels can't be configured on the same dst_port`;
  for (const other of tunnelsOf(datapath))
    if (sameArrival(other, config)) return `could not add network device ${name} to ofproto (File exists)`;
  return undefined;
}

/** The tunnel that the interface stands for, null for one that is none. */
export function openInterface(datapath: Datapath, config: InterfaceConfig): Result<TunnelConfig | null> {
  const { name, type } = config;
  if (lacksDevice(config)) return err(`could not open network device ${name} (No such device)`);
  if (!OPENABLE.has(type))
    return err(`could not open network device ${name} (Address family not supported by protocol)`);
  if (type === 'patch') {
    const wrong = wrongPatch(config);
    return wrong === undefined ? ok(null) : err(wrong);
  }
  if (!isTunnelType(type)) return ok(null);
  const read = readTunnelConfig(name, type, config.options);
  if (!read.ok) return read;
  const wrong = clash(datapath, name, read.value);
  return wrong === undefined ? read : err(wrong);
}
