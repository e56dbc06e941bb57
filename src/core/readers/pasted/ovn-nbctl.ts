/** `ovn-nbctl show`: logical switches and routers with their ports. */
import type { OutputReader, PastedLogical } from './output.ts';

const HEAD = /^(switch|router) ([\da-f-]{36})(?: \(([^)]*)\))?(?: \(aka (.*)\))?\s*$/;
const PORT = /^ {4}port (\S+)(?: \(aka (.*)\))?\s*$/;
const NAT = /^ {4}nat \S+\s*$/;
const FIELD = /^ {8}([\w -]+): (.*?)\s*$/;

/** `["a", "b"]`, `"a"`, `[a b]` or a word. */
const values = (text: string): string[] => {
  const quoted = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) => one);
  return quoted.length > 0
    ? quoted
    : text
        .replaceAll(/[[\]]/g, '')
        .split(/[\s,]+/)
        .filter((word) => word !== '');
};

interface Item {
  readonly fields: Map<string, readonly string[]>;
}

interface Draft {
  readonly kind: 'switch' | 'router';
  readonly name: string;
  readonly aka: string | null;
  readonly ports: (Item & { readonly name: string; readonly aka: string | null })[];
  readonly nats: Item[];
}

export const readLogical: OutputReader = ({ host, lines }, problem) => {
  if (!lines.some((line) => HEAD.test(line))) return undefined;
  const drafts: Draft[] = [];
  let item: Item | undefined;
  lines.forEach((line, at) => {
    const [, kind, uuid = '', name, aka] = HEAD.exec(line) ?? [];
    const [, port, portAka] = PORT.exec(line) ?? [];
    const [, field, value = ''] = FIELD.exec(line) ?? [];
    const last = drafts.at(-1);
    if (kind === 'switch' || kind === 'router') {
      drafts.push({
        kind,
        name: name === undefined || name === '' ? uuid : name,
        aka: aka ?? null,
        ports: [],
        nats: [],
      });
      item = undefined;
    } else if (port !== undefined && last) {
      const made = { name: port, aka: portAka ?? null, fields: new Map<string, readonly string[]>() };
      last.ports.push(made);
      item = made;
    } else if (NAT.test(line) && last) {
      item = { fields: new Map() };
      last.nats.push(item);
    } else if (field !== undefined && item) item.fields.set(field, values(value));
    else if (line.trim() !== '') problem(at, `this is no row of ovn-nbctl show: ${line.trim()}`);
  });
  return [{ kind: 'logical', host, networks: drafts satisfies readonly PastedLogical[] }];
};
