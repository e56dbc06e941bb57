/** Logical switches and routers that were listed, as the commands that make the same. */
import type { PastedLogical } from './output.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", '')}'`;

/** The name that Neutron gave a row, which `show` tells as `aka`. */
const called = (table: string, name: string, what: string, aka: string | null): readonly string[] =>
  aka === null
    ? []
    : [
        `ovn-nbctl set ${table} ${quoted(name)} external_ids:'"neutron:${what}_name"'=${quoted(`"${aka.replaceAll('"', '')}"`)}`,
      ];

export function logicalCommands(networks: readonly PastedLogical[]): readonly string[] {
  return networks.flatMap(({ kind, name, aka, ports, nats }) =>
    kind === 'switch'
      ? [
          `ovn-nbctl ls-add ${quoted(name)}`,
          ...called('Logical_Switch', name, 'network', aka),
          ...ports.flatMap((port) => [
            ...switchPort(name, port.name, port.fields),
            ...called('Logical_Switch_Port', port.name, 'port', port.aka),
          ]),
        ]
      : [
          `ovn-nbctl lr-add ${quoted(name)}`,
          ...called('Logical_Router', name, 'router', aka),
          ...ports.flatMap((port) => routerPort(name, port.name, port.fields)),
          ...nats.flatMap(({ fields }) => {
            const [type, external, logical] = ['type', 'external ip', 'logical ip'].map(
              (key) => fields.get(key)?.[0],
            );
            return type === undefined || external === undefined || logical === undefined
              ? []
              : [`ovn-nbctl lr-nat-add ${quoted(name)} ${type} ${external} ${logical}`];
          }),
        ],
  );
}

type Fields = ReadonlyMap<string, readonly string[]>;

function switchPort(network: string, name: string, fields: Fields): readonly string[] {
  const [type] = fields.get('type') ?? [];
  const [router] = fields.get('router-port') ?? [];
  const [tag] = fields.get('tag') ?? [];
  const [parent] = fields.get('parent') ?? [];
  const addresses = fields.get('addresses') ?? [];
  const child = parent !== undefined && tag !== undefined ? ` ${quoted(parent)} ${tag}` : '';
  return [
    `ovn-nbctl lsp-add ${quoted(network)} ${quoted(name)}${child}`,
    ...(type === undefined ? [] : [`ovn-nbctl lsp-set-type ${quoted(name)} ${type}`]),
    ...(addresses.length > 0
      ? [`ovn-nbctl lsp-set-addresses ${quoted(name)} ${addresses.map(quoted).join(' ')}`]
      : type === 'router'
        ? [`ovn-nbctl lsp-set-addresses ${quoted(name)} router`]
        : []),
    ...(router === undefined
      ? []
      : [`ovn-nbctl lsp-set-options ${quoted(name)} router-port=${quoted(router)}`]),
    ...(tag === undefined || parent !== undefined
      ? []
      : [`ovn-nbctl set Logical_Switch_Port ${quoted(name)} tag=${tag}`]),
  ];
}

function routerPort(router: string, name: string, fields: Fields): readonly string[] {
  const [mac] = fields.get('mac') ?? [];
  const networks = fields.get('networks') ?? [];
  const chassis = fields.get('gateway chassis') ?? [];
  if (mac === undefined) return [];
  return [
    `ovn-nbctl lrp-add ${quoted(router)} ${quoted(name)} ${mac} ${networks.join(' ')}`,
    // The order in which show lists them is that of their uuids: it tells no priority.
    ...chassis.map((one) => `ovn-nbctl lrp-set-gateway-chassis ${quoted(name)} ${quoted(one)}`),
  ];
}
