/** `ovs-vsctl show`, `ovs-vsctl list-ports` and `ovs-ofctl show`. */
import type { OutputReader, PastedOvsBridge, PastedOvsPort } from './output.ts';

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

type Interface = PastedOvsPort['interfaces'][number];

function options(text: string): Readonly<Record<string, string>> {
  const entries = [...text.matchAll(/([\w-]+)=("(?:[^"\\]|\\.)*"|[^,}]*)/g)];
  return Object.fromEntries(entries.map(([, key = '', value = '']) => [key, unquoted(value)]));
}

export const readOvsShow: OutputReader = ({ host, lines }) => {
  if (!lines.some((line) => /^\s{4}Bridge \S+/.test(line))) return undefined;
  const bridges: {
    name: string;
    failMode: string | null;
    datapathType: string | null;
    ports: { name: string; tag: number | null; interfaces: Interface[] }[];
  }[] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^\s*(\w+):? (.*?)\s*$/.exec(line) ?? [];
    const port = bridges.at(-1)?.ports.at(-1);
    const iface = port?.interfaces.at(-1);
    const bridge = bridges.at(-1);
    if (word === 'Bridge')
      bridges.push({ name: unquoted(rest), failMode: null, datapathType: null, ports: [] });
    else if (word === 'fail_mode' && bridge) bridge.failMode = unquoted(rest);
    else if (word === 'datapath_type' && bridge) bridge.datapathType = unquoted(rest);
    else if (word === 'Port') bridge?.ports.push({ name: unquoted(rest), tag: null, interfaces: [] });
    else if (word === 'Interface') port?.interfaces.push({ name: unquoted(rest), type: '', options: {} });
    else if (word === 'tag' && port) port.tag = Number(rest);
    else if (word === 'type' && port && iface)
      port.interfaces.splice(-1, 1, { ...iface, type: unquoted(rest) });
    else if (word === 'options' && port && iface)
      port.interfaces.splice(-1, 1, { ...iface, options: options(rest) });
  }
  return [{ kind: 'ovs-bridges', host, bridges: bridges satisfies readonly PastedOvsBridge[] }];
};

export const readOvsPorts: OutputReader = ({ host, command, lines }) => {
  const bridge = /\bovs-vsctl\s+(?:--\S+\s+)*list-(?:ports|ifaces)\s+(\S+)/.exec(command ?? '')?.[1];
  if (bridge === undefined) return undefined;
  const ports = lines.map((line) => line.trim()).filter((line) => /^\S+$/.test(line));
  return [{ kind: 'ovs-ports', host, bridge, ports }];
};

const FEATURES = /^OFPT_FEATURES_REPLY\b.*\bdpid:([\da-f]{16})/;
const PORT = /^\s*(\d+|LOCAL)\(([^)]+)\): addr:/;

export const readOpenFlowPorts: OutputReader = ({ host, command, lines }) => {
  if (!lines.some((line) => FEATURES.test(line.trim()))) return undefined;
  const ports = lines.flatMap((line) => {
    const [, number, name] = PORT.exec(line) ?? [];
    return number === undefined || name === undefined ? [] : [{ number, name }];
  });
  const local = ports.find(({ number }) => number === 'LOCAL')?.name;
  const asked = /\bovs-ofctl\s+(?:-\S+\s+(?:OpenFlow\S+\s+)?)*show\s+(\S+)/.exec(command ?? '')?.[1];
  return [
    {
      kind: 'ovs-ports',
      host,
      bridge: local ?? asked ?? null,
      ports: ports.filter(({ number }) => number !== 'LOCAL').map(({ name }) => name),
    },
  ];
};
