/** What dhclient needs of a machine, and its way to a server whose address it knows. */
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT } from '../../wire/index.ts';
import type { Signal } from '../../sim/process-table.ts';
import { sendUdp } from '../../linux/udp.ts';
import type { IpHost } from '../ip/host.ts';
import type { OwnProcess } from '../own-process.ts';
import type { Invocation } from '../program.ts';

export interface DhclientHost extends IpHost {
  readonly hostName: string;
  readonly process: OwnProcess;
  readFile(path: string): string | undefined;
  writeFile(path: string, text: string): void;
  /** Sends a signal; false when there is no such process. */
  kill(pid: number, signal: Signal): boolean;
}

/** Sends over the usual socket, so that the kernel finds the way; false when there is none. */
export function sendToServer(
  { host, namespace, context }: Invocation<DhclientHost>,
  server: number,
  own: number,
  payload: Uint8Array,
): boolean {
  const net = host.kernel.namespace(namespace);
  const owner = [...net.links.values()].some(({ addresses4 }) =>
    addresses4.some(({ local }) => local === own),
  );
  return sendUdp(
    host.kernel.stack,
    net,
    {
      family: 4,
      local: owner ? BigInt(own) : 0n,
      remote: BigInt(server),
      sourcePort: DHCP_CLIENT_PORT,
      destinationPort: DHCP_SERVER_PORT,
      payload,
      dontFragment: true,
      program: { name: 'dhclient', recorder: context.recorder },
    },
    null,
  ).ok;
}
