/** Port names as OpenFlow messages carry them: a program that asks a switch for names knows no others. */
import type { PortNames } from '../../flow/ofport-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';

/** Octets of a name in a message, without the zero that ends it (`OFP_MAX_PORT_NAME_LEN`). */
const LONGEST = 15;

/** A port's name as a message has it: what does not fit is cut off. */
export const messageName = (name: string): string => name.slice(0, LONGEST);

/** The names of a bridge's ports; ports whose names are cut to the same one have none. */
export function messageNames(bridge: Bridge): PortNames {
  return {
    nameOf: (ofPort) => {
      const port = bridge.ports.get(ofPort);
      return port && bearer(bridge, messageName(port.name)) === port ? messageName(port.name) : undefined;
    },
    portOf: (name) => bearer(bridge, name)?.ofPort,
  };
}

/** The one port that bears a name in messages. */
function bearer(bridge: Bridge, name: string) {
  if (name.length < LONGEST) return bridge.portByName(name);
  if (name.length > LONGEST) return undefined;
  const ports = [...bridge.ports.values()].filter((port) => messageName(port.name) === name);
  return ports.length === 1 ? ports[0] : undefined;
}
