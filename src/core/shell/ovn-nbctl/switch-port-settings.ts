/** What is set on a switch port: state, type, options, DHCP options, mirrors. */
import { mapOrder, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { parseNetwork4, parseNetwork6 } from './address-text.ts';
import { enabledText, parseEnabled } from './arguments.ts';
import { getDhcpOptions, getMirror, getSwitchPort, keyValues, type NbctlContext } from './lookup.ts';

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
];

export const PORT_MIRROR_COMMANDS: readonly Command<NbSchema>[] = [
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
