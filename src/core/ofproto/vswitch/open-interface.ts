/** Whether an interface can be opened as its row says, and if not, the words that its `error` column gets. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Datapath } from '../bridge/datapath.ts';
import type { Port } from '../bridge/port.ts';
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

const addressKey = (end: TunnelAddress | 'flow'): string =>
  end === 'flow' ? end : `${end.ipv4}/${end.ipv6}`;

/** What tells tunnel ports of one device apart when a packet arrives; no two may agree in it. */
const arrivalKey = ({ type, port, inKey, local, remote, packetMode }: TunnelConfig): string =>
  [
    tunnelDevice(type, port),
    inKey ?? 0n,
    remote === 'flow' && local === 'flow' ? 'flow' : addressKey(local),
    addressKey(remote),
    packetMode,
  ].join(' ');

function clash(datapath: Datapath, name: string, config: TunnelConfig): string | undefined {
  const others = [...datapath.bridges.values()]
    .flatMap((bridge): Port[] => [...bridge.ports.values()])
    .flatMap(({ tunnel }) => tunnel ?? []);
  const { type, port, groupPolicy } = config;
  const samePort = (other: TunnelConfig): boolean => other.type === type && other.port === port;
  if (type === 'vxlan' && others.some((other) => samePort(other) && other.groupPolicy !== groupPolicy))
    return `${name}: VXLAN-GBP, and non-VXLAN-GBP tunnels can't be configured on the same dst_port`;
  const key = arrivalKey(config);
  return others.some((other) => arrivalKey(other) === key)
    ? `could not add network device ${name} to ofproto (File exists)`
    : undefined;
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
