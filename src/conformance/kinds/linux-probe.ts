/**
 * The recorder's own probe: a few lines of Python that connect a socket, for UDP send an octet and wait, and print what
 * went wrong. Only this shape is understood; it shows how the kernel tells a program of errors from the network.
 */
import type { SimClock } from '../../core/sim/clock.ts';
import { parseIp } from '../../core/linux/family.ts';
import { probeWay, type Kernel } from '../../core/linux/index.ts';
import { STRERROR, type Errno } from '../../core/linux/errno.ts';

const SHAPE =
  /socket\.socket\((?:(\d+)(?:,(\d+))?)?\);s\.settimeout\(([\d.]+)\)[^]*s\.connect\(\('([^']+)',(\d+)\)\)/;
const NUMBERS: Partial<Record<Errno, number>> = { ENETUNREACH: 101, ECONNREFUSED: 111, EHOSTUNREACH: 113 };
/** `SOCK_DGRAM`. */
const DATAGRAM = '2';
const SOURCE_PORT = 45_678;

const sentence = (errno: Errno): string => `[Errno ${NUMBERS[errno] ?? 5}] ${STRERROR[errno]}\n`;

/** Runs the probe; undefined when the command is something else. Ends with simulated time where the answer came. */
export function runProbe(
  kernel: Kernel,
  clock: SimClock,
  namespace: string,
  command: string,
): string | undefined {
  const match = command.startsWith('python3 -c ') ? SHAPE.exec(command) : null;
  const target = parseIp(match?.[4] ?? '');
  if (match === null || target === undefined) return undefined;
  const { family, address } = target;
  const port = Number(match[5]);
  let text: string | undefined;
  const fail = (errno: Errno): void => {
    text ??= sentence(errno);
  };
  let close = (): void => undefined;
  if (match[2] === DATAGRAM) {
    const net = kernel.namespace(namespace);
    const way = probeWay(net, { family, destination: address, oif: 0, mark: 0, tos: 0 });
    if (!way.ok) return sentence(way.error);
    close = net.sockets.open({
      protocol: 'udp',
      family,
      port: SOURCE_PORT,
      local: way.value.source,
      remote: address,
      remotePort: port,
      ifindex: null,
      receive: () => (text ??= ''),
      error: ({ type, code }) =>
        fail(
          type === (family === 4 ? 3 : 1) && code === (family === 4 ? 3 : 4)
            ? 'ECONNREFUSED'
            : 'EHOSTUNREACH',
        ),
    });
    const sent = kernel.udpSend(
      {
        family,
        local: way.value.source,
        remote: address,
        sourcePort: SOURCE_PORT,
        destinationPort: port,
        payload: Uint8Array.of(0x78),
      },
      null,
      namespace,
    );
    if (!sent.ok) fail(sent.error.errno);
  } else {
    const opened = kernel.tcpConnect(
      namespace,
      { family, remote: address, remotePort: port },
      {
        onConnected: () => (text ??= ''),
        onData: () => undefined,
        onClosed: (reason) => fail(reason === 'finished' ? 'ECONNRESET' : reason),
      },
    );
    if (!opened.ok) return sentence(opened.error.errno);
    close = () => opened.value.close();
  }
  const limit = clock.now() + Number(match[3]) * 1e9;
  while (text === undefined && (clock.next() ?? Infinity) < limit) clock.step();
  if (text === undefined) clock.run(limit);
  close();
  return text ?? 'timed out\n';
}
