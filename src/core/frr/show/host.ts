/** `show vrf`, `show interface brief`, `show version`. */
import { formatPrefix } from '../prefix.ts';
import { compareInterfaceNames } from '../config/write/bgp.ts';
import type { ShowContext } from './context.ts';

export const vrfsText = (context: ShowContext): string =>
  context.zebra
    .vrfs()
    .filter((vrf) => vrf.name !== 'default')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((vrf) =>
      vrf.namespace === null
        ? `vrf ${vrf.name} id ${vrf.id} table ${vrf.table}\n`
        : `vrf ${vrf.name} id ${vrf.id} netns ${vrf.namespace}\n`,
    )
    .join('');

function vrfInterfaces(context: ShowContext, vrf: string): string {
  const row = (name: string, status: string, owner: string, addresses: string): string =>
    `${name.padEnd(16)}${status.padEnd(8)}${owner.padEnd(16)}${addresses}\n`;
  const interfaces = context.zebra
    .kernelInterfaces()
    .filter((one) => one.vrf === vrf)
    .sort((a, b) => compareInterfaceNames(a.name, b.name));
  if (interfaces.length === 0) return '';
  const lines = interfaces.map((one) => {
    // Link-local addresses stand back; with several addresses a sign says that there are more.
    const shown = one.addresses.filter((address) =>
      address.family === 4
        ? address.address >> 24n !== 127n
        : address.address >> 118n !== 0x3fan && address.address !== 1n,
    );
    const v4 = shown.filter((address) => address.family === 4);
    const v6 = shown.filter((address) => address.family === 6);
    const texts = [v4, v6].flatMap((list) => {
      const [first, ...more] = list;
      return first ? [`${more.length > 0 ? '+ ' : ''}${formatPrefix(first)}`] : [];
    });
    const owner = vrf === 'default' ? 'default' : vrf;
    const status = one.up ? 'up' : 'down';
    return [
      row(one.name, status, owner, texts[0] ?? ''),
      ...texts.slice(1).map((text) => `${' '.repeat(40)}${text}\n`),
    ].join('');
  });
  return `${row('Interface', 'Status', 'VRF', 'Addresses')}${row('---------', '------', '---', '---------')}${lines.join('')}\n`;
}

export const interfacesBrief = (context: ShowContext, vrf: string): string =>
  vrf === 'all'
    ? context.zebra
        .vrfs()
        .map((one) => vrfInterfaces(context, one.name))
        .join('')
    : vrfInterfaces(context, vrf);

export const versionText = (hostname: string): string =>
  `FRRouting 8.4.4 (${hostname}) on Linux.\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n`;
