/** What is set on a switch port: addresses, port security, state, type, options, DHCP options, mirrors. */
import { mapOrder, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import {
  beginsWithMac,
  isDynamicAddress,
  parseNetwork4,
  parseNetwork6,
  portAddresses,
  sharedAddress,
} from './address-text.ts';
import { enabledText, parseEnabled } from './arguments.ts';
import {
  findRouterPort,
  getDhcpOptions,
  getMirror,
  getSwitchPort,
  keyValues,
  switchOf,
  type NbctlContext,
} from './lookup.ts';

const TYPES = [
  '',
  'l2gateway',
  'localnet',
  'localport',
  'router',
  'switch',
  'vtep',
  'external',
  'virtual',
  'remote',
];

const isAddress = (text: string): boolean =>
  ['unknown', 'dynamic', 'router'].includes(text) ||
  beginsWithMac(text) ||
  /^dynamic\s*([0-9a-fA-F:.]|\d+\.\d+\.\d+\.\d+)/.test(text);

/** Refuses an address that another port of the switch has. */
function checkDuplicates(
  ctx: NbctlContext,
  row: NbRow<'Logical_Switch'>,
  port: NbRow<'Logical_Switch_Port'>,
  address: string,
): void {
  const own = portAddresses(address);
  if (own === undefined) return;
  for (const other of ctx.targets('Logical_Switch_Port', row.ports)) {
    if (other._uuid === port._uuid) continue;
    for (const text of other.addresses) {
      const held = isDynamicAddress(text) ? (other.dynamic_addresses ?? text) : text;
      const addresses = portAddresses(held);
      const shared = addresses === undefined ? undefined : sharedAddress(own, addresses);
      if (shared !== undefined)
        fail(
          `Error on switch ${row.name}: duplicate ${shared.family} address '${shared.text}' found on logical switch port '${other.name}'`,
        );
    }
  }
}

function setAddresses(ctx: NbctlContext): void {
  const port = getSwitchPort(ctx, ctx.argument(1));
  const row = switchOf(ctx, port);
  const addresses = ctx.argv.slice(2);
  for (const address of addresses) {
    if (!isAddress(address))
      fail(
        `${address}: Invalid address format. See ovn-nb(5). Hint: An Ethernet address must be listed before an IP address, together as a single argument.`,
      );
    checkDuplicates(ctx, row, port, address);
  }
  ctx.update('Logical_Switch_Port', port._uuid, { addresses });
}

function getAddresses(ctx: NbctlContext): void {
  const { addresses, options } = getSwitchPort(ctx, ctx.argument(1));
  const peer = options.get('router-port');
  if (addresses.length === 1 && addresses[0] === 'router' && peer !== undefined) {
    const port = findRouterPort(ctx, peer);
    if (port !== undefined) return ctx.print(`${[port.mac, ...port.networks].join(' ')}\n`);
  }
  return ctx.print(addresses.map((address) => `${address}\n`).join(''));
}

function setType(ctx: NbctlContext): void {
  const [, id = '', type = '', peer] = ctx.argv;
  if (peer !== undefined && !peer.startsWith('peer=')) fail(`Unrecognized argument: ${peer}\n`);
  const port = getSwitchPort(ctx, id);
  if (!TYPES.includes(type)) fail(`Logical switch port type '${type}' is unrecognized. Not setting type.`);
  if (peer !== undefined && type !== 'switch')
    fail("Peer can only be set for a logical switch port with type 'switch'.");
  ctx.update('Logical_Switch_Port', port._uuid, {
    type,
    ...(peer === undefined ? {} : { peer: peer.slice(5) }),
  });
}

function setDhcp(ctx: NbctlContext, column: 'dhcpv4_options' | 'dhcpv6_options'): void {
  const [, id = '', optionsId] = ctx.argv;
  const port = getSwitchPort(ctx, id);
  const options = optionsId === undefined ? undefined : getDhcpOptions(ctx, optionsId);
  const isFour = column === 'dhcpv4_options';
  if (options !== undefined && (isFour ? parseNetwork4 : parseNetwork6)(options.cidr) === undefined)
    fail(`DHCP options cidr '${options.cidr}' is not ${isFour ? 'IPv4' : 'IPv6'}`);
  ctx.update('Logical_Switch_Port', port._uuid, { [column]: options?._uuid ?? null });
}

function dhcpCommands(version: 'v4' | 'v6'): readonly Command<NbSchema>[] {
  const column = `dhcp${version}_options` as const;
  return [
    {
      name: `lsp-set-dhcp${version}-options`,
      least: 1,
      most: 2,
      synopsis: 'PORT [DHCP_OPT_UUID]',
      options: '',
      writes: true,
      run: (ctx) => setDhcp(ctx, column),
    },
    {
      name: `lsp-get-dhcp${version}-options`,
      least: 1,
      most: 1,
      synopsis: 'PORT',
      options: '',
      writes: false,
      run(ctx) {
        const options = ctx.get('DHCP_Options', getSwitchPort(ctx, ctx.argument(1))[column]);
        if (options !== undefined) ctx.print(`${options._uuid} (${options.cidr})\n`);
      },
    },
  ];
}

export const SWITCH_PORT_SETTING_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lsp-set-addresses',
    least: 1,
    most: Infinity,
    synopsis: 'PORT [ADDRESS]...',
    options: '',
    writes: true,
    run: setAddresses,
  },
  {
    name: 'lsp-get-addresses',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: getAddresses,
  },
  {
    name: 'lsp-set-port-security',
    least: 0,
    most: Infinity,
    synopsis: 'PORT [ADDRS]...',
    options: '',
    writes: true,
    run(ctx) {
      const port = getSwitchPort(ctx, ctx.argv[1] ?? fail('lsp-set-port-security: no port'));
      ctx.update('Logical_Switch_Port', port._uuid, { port_security: ctx.argv.slice(2) });
    },
  },
  {
    name: 'lsp-get-port-security',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      for (const address of getSwitchPort(ctx, ctx.argument(1)).port_security) ctx.print(`${address}\n`);
    },
  },
  {
    name: 'lsp-get-up',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: (ctx) => ctx.print(getSwitchPort(ctx, ctx.argument(1)).up === true ? 'up\n' : 'down\n'),
  },
  {
    name: 'lsp-set-enabled',
    least: 2,
    most: 2,
    synopsis: 'PORT STATE',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getSwitchPort(ctx, ctx.argument(1));
      ctx.update('Logical_Switch_Port', _uuid, { enabled: parseEnabled(ctx.argument(2)) });
    },
  },
  {
    name: 'lsp-get-enabled',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: (ctx) => ctx.print(enabledText(getSwitchPort(ctx, ctx.argument(1)).enabled)),
  },
  {
    name: 'lsp-set-type',
    least: 2,
    most: 3,
    synopsis: 'PORT TYPE [peer=PEER]',
    options: '',
    writes: true,
    run: setType,
  },
  {
    name: 'lsp-get-type',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: (ctx) => ctx.print(`${getSwitchPort(ctx, ctx.argument(1)).type}\n`),
  },
  {
    name: 'lsp-set-options',
    least: 1,
    most: Infinity,
    synopsis: 'PORT KEY=VALUE [KEY=VALUE]...',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getSwitchPort(ctx, ctx.argument(1));
      ctx.update('Logical_Switch_Port', _uuid, { options: keyValues(ctx.argv.slice(2)) });
    },
  },
  {
    name: 'lsp-get-options',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      for (const [key, value] of mapOrder(getSwitchPort(ctx, ctx.argument(1)).options))
        ctx.print(`${key}=${value}\n`);
    },
  },
  ...dhcpCommands('v4'),
  ...dhcpCommands('v6'),
  {
    name: 'lsp-attach-mirror',
    least: 2,
    most: 2,
    synopsis: 'PORT MIRROR',
    options: '--may-exist',
    writes: true,
    run(ctx) {
      const [, id = '', mirrorId = ''] = ctx.argv;
      const port = getSwitchPort(ctx, id);
      const mirror = getMirror(ctx, mirrorId);
      if (!port.mirror_rules.includes(mirror._uuid))
        return ctx.update('Logical_Switch_Port', port._uuid, {
          mirror_rules: [...port.mirror_rules, mirror._uuid],
        });
      if (!ctx.has('--may-exist'))
        fail(`mirror ${mirror.name} is already attached to the logical port ${id}.`);
      return undefined;
    },
  },
  {
    name: 'lsp-detach-mirror',
    least: 2,
    most: 2,
    synopsis: 'PORT MIRROR',
    options: '',
    writes: true,
    run(ctx) {
      const port = getSwitchPort(ctx, ctx.argument(1));
      const mirror = getMirror(ctx, ctx.argument(2));
      const mirror_rules = port.mirror_rules.filter((uuid) => uuid !== mirror._uuid);
      if (mirror_rules.length === port.mirror_rules.length)
        ctx.warn("Trying to delete a key that doesn't exist in the set.", 'ovsdb_idl');
      ctx.update('Logical_Switch_Port', port._uuid, { mirror_rules });
    },
  },
];
