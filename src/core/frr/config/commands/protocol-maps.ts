/** `ip protocol P route-map M`, in the default VRF and inside `vrf X`. */
import type { Family } from '../../prefix.ts';
import { protocolMapKey } from '../frr-config.ts';
import { command, OK, type ConfigCommand } from '../command.ts';

const PROTOCOLS: Readonly<Record<Family, string>> = {
  4: '<kernel|connected|static|rip|ospf|isis|bgp|eigrp|nhrp|table|vnc|babel|openfabric|any>$protocol',
  6: '<kernel|connected|static|ripng|ospf6|isis|bgp|nhrp|table|vnc|babel|openfabric|any>$protocol',
};

const commands = (family: Family): ConfigCommand[] => {
  const words = `${family === 4 ? 'ip' : 'ipv6'} protocol ${PROTOCOLS[family]}`;
  return [
    command(
      ['config', 'vrf'],
      [`${words} route-map ROUTE-MAP$map`, `no ${words} [route-map ROUTE-MAP$map]`],
      (edit, args) => {
        const vrf = edit.position.node === 'vrf' ? (edit.position.name ?? 'default') : 'default';
        const key = protocolMapKey(vrf, family, args.get('protocol'));
        const { protocolMaps } = edit.config;
        if (!args.no) protocolMaps.set(key, args.get('map'));
        else if (args.find('map') === undefined || protocolMaps.get(key) === args.get('map'))
          protocolMaps.delete(key);
        edit.changed({ kind: 'protocol-map', key });
        return OK;
      },
    ),
  ];
};

export const PROTOCOL_MAP_COMMANDS: readonly ConfigCommand[] = [...commands(4), ...commands(6)];
