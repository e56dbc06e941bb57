/** What ovn-controller tells of EVPN: the lists of `evpn/...`. */
import { formatMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { ipText } from '../../../ovn/controller/index.ts';
import type { ControllerHost } from '../../../sim/controller-host.ts';

type List = (host: ControllerHost) => string;

const id = (uuid: Uuid): string => `UUID: ${uuid}`;
const hex = (value: number): string => `0x${value.toString(16)}`;

const vteps: List = ({ controller: { state } }) =>
  (state?.evpn.vteps ?? [])
    .map(({ ip, port, vni }) => `IP: ${ipText(ip)}, port: ${port}, vni: ${vni}\n`)
    .join('');

const bindings: List = ({ controller: { state } }) =>
  (state?.evpn.bindings ?? [])
    .map(
      (one) =>
        `${id(one.id)}, Remote IP: ${ipText(one.ip)}, vni: ${one.vni}, binding_key: ${hex(one.key)}, tunnel_ofport: ${one.ofport}, dp_key: ${one.datapathKey}\n`,
    )
    .join('');

const groups: List = ({ controller: { state } }) =>
  (state?.evpn.groups ?? [])
    .map(
      (one) =>
        `${id(one.id)}, Remote IPs: ${one.bindings.map(({ ip }) => `${ipText(ip)}, `).join('')}vni: ${one.vni}\n`,
    )
    .join('');

const hosts: List = ({ controller: { state } }) =>
  (state?.evpn.hosts ?? [])
    .map(
      (one) =>
        `${id(one.id)}, MAC: ${formatMac(one.mac)}, vni: ${one.vni}, binding_key: ${hex(one.bindingKey)}, dp_key: ${one.datapathKey}\n`,
    )
    .join('');

const addresses: List = ({ controller: { state } }) =>
  (state?.evpn.addresses ?? [])
    .map(
      (one) =>
        `${id(one.id)}, VNI: ${one.vni}, MAC: ${formatMac(one.mac)}, IP: ${ipText(one.ip)}, dp_key: ${one.datapathKey}\n`,
    )
    .join('');

export const EVPN_LISTS: readonly (readonly [string, List])[] = [
  ['evpn/remote-vtep-list', vteps],
  ['evpn/vtep-arp-list', addresses],
  ['evpn/vtep-binding-list', bindings],
  ['evpn/vtep-fdb-list', hosts],
  ['evpn/vtep-multicast-group-list', groups],
];
