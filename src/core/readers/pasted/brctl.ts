/** `brctl show` and `brctl showmacs`. */
import type { OutputReader, PastedBridge } from './output.ts';

const SHOW = /^bridge name\s+bridge id\s+STP enabled\s+interfaces\s*$/;
const BRIDGE = /^(\S+)\s+[\da-f]{4}\.([\da-f]{12})\s+(yes|no)(?:\s+(\S+))?\s*$/i;
const MACS = /^port no\s+mac addr\s+is local\?\s+ageing timer\s*$/;
const MAC = /^\s*(\d+)\s+([\da-f]{2}(?::[\da-f]{2}){5})\s+(yes|no)\s+[\d.]+\s*$/i;

export const readBridges: OutputReader = ({ host, lines }, problem) => {
  const start = lines.findIndex((line) => SHOW.test(line.trim()));
  if (start < 0) return undefined;
  const bridges: (Omit<PastedBridge, 'ports'> & { ports: string[] })[] = [];
  lines.slice(start + 1).forEach((line, index) => {
    if (line.trim() === '') return;
    const bridge = BRIDGE.exec(line);
    if (bridge) {
      const [, name = '', id = '', stp, port] = bridge;
      bridges.push({
        name,
        mac: (id.toLowerCase().match(/../g) ?? []).join(':'),
        stp: stp === 'yes',
        ports: port === undefined ? [] : [port],
      });
    } else if (/^\s+\S+\s*$/.test(line) && bridges.length > 0) bridges.at(-1)?.ports.push(line.trim());
    else problem(start + 1 + index, `this is no row of brctl show: ${line.trim()}`);
  });
  return [{ kind: 'linux-bridges', host, bridges }];
};

export const readBridgeMacs: OutputReader = ({ host, command, lines }) => {
  const named = /\bbrctl\s+showmacs\s+(\S+)/.exec(command ?? '')?.[1] ?? null;
  if (named === null && !lines.some((line) => MACS.test(line.trim()))) return undefined;
  const macs = lines.flatMap((line) => {
    const [, port, mac, local] = MAC.exec(line) ?? [];
    return port === undefined || mac === undefined
      ? []
      : [{ port: Number(port), mac: mac.toLowerCase(), isLocal: local === 'yes' }];
  });
  return [{ kind: 'bridge-macs', host, bridge: named, macs }];
};
