/** OpenFlow ports as text: reserved names, port names of a bridge, numbers. */
import { OFPP, RESERVED_PORTS, type OfPort } from './ofport.table.ts';

/** The port names of one bridge, for `--names` and for names typed by a person. */
export interface PortNames {
  nameOf(port: OfPort): string | undefined;
  portOf(name: string): OfPort | undefined;
}

const RESERVED_NAMES: ReadonlyMap<OfPort, string> = new Map(
  RESERVED_PORTS.filter(([name]) => name !== 'NONE').map(([name, port]) => [port, name]),
);

/** A port or table name, quoted unless it is letters and digits starting with a letter. */
export const quoteName = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : JSON.stringify(name);

/** `LOCAL`, a name of `names`, or the number. */
export function formatPort(port: OfPort, names?: PortNames): string {
  const reserved = RESERVED_NAMES.get(port);
  if (reserved !== undefined) return reserved;
  const name = names?.nameOf(port);
  return name === undefined ? String(port) : quoteName(name);
}

const OFPP11_OFFSET = 0xffff0000;
const FIRST_RESERVED = 0xfff8;

/** What a program writes to its log while it reads a text; `module` names the part of it that does. */
export type Warn = (module: string, text: string, level?: 'WARN' | 'ERR') => void;

/** A port by number, of OpenFlow 1.0 or 1.1. */
function numberedPort(value: number, warn: Warn | undefined): OfPort | undefined {
  const first11 = OFPP11_OFFSET + OFPP.max;
  if (value > 0xffffffff) return undefined;
  if (value >= first11) return value - OFPP11_OFFSET;
  if (value > OFPP.none) {
    warn?.(
      'ofp_port',
      `port ${value} is outside the supported range 0 through ffff or 0x${first11.toString(16)} through 0xffffffff`,
    );
    return undefined;
  }
  if (value >= FIRST_RESERVED)
    warn?.(
      'ofp_port',
      `referring to port ${formatPort(value)} as ${value} is deprecated for compatibility with OpenFlow 1.1 and later`,
    );
  else if (value >= OFPP.max)
    warn?.(
      'ofp_port',
      `port ${value} is a reserved OF1.0 port number that will be translated to ${value + OFPP11_OFFSET} when talking to an OF1.1 or later controller`,
    );
  return value;
}

/** A port as typed: a number (of OpenFlow 1.0 or 1.1), a reserved name, a port name, quoted or not. */
export function parsePort(text: string, names?: PortNames, warn?: Warn): OfPort | undefined {
  if (text.startsWith('-')) {
    warn?.('ofp_port', `Negative value ${text} is not a valid port number.`);
    return undefined;
  }
  if (/^[ \t\r\n\v\f]*\+?\d+$/.test(text)) return numberedPort(Number(text), warn);
  const upper = text.toUpperCase();
  const reserved = RESERVED_PORTS.find(([name]) => name === upper);
  if (reserved) return reserved[1];
  return names?.portOf(unquoteName(text) ?? text);
}

/** What a quoted name says; undefined for a text that is no such name. */
export function unquoteName(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
