/** dnsmasq's DHCP half at its start: what it says of its ranges, its leases from their file, and its service. */
import { formatIpv4 } from '../../../base/address.ts';
import type { Context } from '../../../base/context.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { findLink } from '../../../linux/device.ts';
import type { Kernel } from '../../../linux/index.ts';
import { addressesOf, servesDevice } from '../listening.ts';
import type { Say } from '../log.ts';
import type { DnsmasqOptions } from '../options.ts';
import type { LocalRecords } from '../records.ts';
import { DHCP_SERVER_PORT } from '../../../wire/index.ts';
import { DhcpService } from './service.ts';
import type { DhcpSettings } from './settings.ts';
import { durationText } from './time.ts';

const NAME_PORT = 53;

interface StartSite {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
  readonly readFile: (path: string) => string | undefined;
  readonly writeFile: (path: string, text: string) => void;
}

/** Whether the options ask for DHCP at all. */
export const wantsDhcp = ({ ranges, relays }: DhcpSettings): boolean => ranges.length + relays.length > 0;

/** Its lines of the start. */
export function* rangeTexts({ ranges, relays }: DhcpSettings): Generator<string> {
  for (const { start, end, kind, leaseTime } of ranges) {
    const time = `, lease time ${durationText(leaseTime)}`;
    yield kind === 'static'
      ? `DHCP, static leases only on ${formatIpv4(start)}${time}`
      : `DHCP, IP range ${formatIpv4(start)} -- ${formatIpv4(end)}${time}`;
  }
  for (const { local, server, device } of relays)
    yield `DHCP relay from ${formatIpv4(local)} to ${formatIpv4(server)}${device === null ? '' : ` via ${device}`}`;
}

/** A running service, the device that its socket is bound to, and a look for leases that ran out. */
interface Started {
  readonly service: DhcpService;
  readonly boundTo: string | null;
  readonly prune: () => void;
}

/** Starts it; the error is why not. */
export function startDhcp(
  site: StartSite,
  options: DnsmasqOptions,
  records: LocalRecords,
  say: Say,
): Result<Started> {
  const { kernel, namespace, context } = site;
  const net = kernel.namespace(namespace);
  const { dhcp, interfaces, domain, port, bindsInterfaces } = options;
  const [only] = interfaces;
  const isOne = interfaces.length === 1 && dhcp.relays.length === 0 && dhcp.ranges.length > 0;
  const bound = isOne && only !== undefined ? (findLink(net, only) ?? null) : null;
  const others = [...net.sockets.listeners('udp', 4, DHCP_SERVER_PORT)];
  if (others.length > 0 && !bindsInterfaces)
    return err('failed to bind DHCP server socket: Address already in use');
  const leasesChanged = (): void => {
    const leases = service.server.leases;
    site.writeFile(dhcp.leaseFile, leases.text());
    records.setLeases(
      leases.all().flatMap(({ name, fullName, address }) => {
        const names = [...(fullName === null ? [] : [fullName]), ...(name === null ? [] : [name])];
        return names.length === 0
          ? []
          : [{ names, address: { family: 4 as const, address: BigInt(address) } }];
      }),
    );
  };
  const service: DhcpService = new DhcpService(
    {
      kernel,
      namespace,
      context,
      say: (text) => say(text, 'dhcp'),
      nameOf: (address) =>
        port === NAME_PORT ? records.nameOf({ family: 4, address: BigInt(address) }) : undefined,
      addressOf: (name) => {
        const address = records.addressOf(name, 4);
        return address === undefined ? undefined : Number(address);
      },
      domain,
      servesNames: port === NAME_PORT,
      serves: (device) => servesDevice(options, device, addressesOf(net)),
      leasesChanged,
    },
    dhcp,
    bound,
  );
  const { leases } = service.server;
  const before = site.readFile(dhcp.leaseFile);
  const now = (): number => Math.floor(context.clock.wallMs() / 1000);
  if (before !== undefined) leases.read(before, domain);
  const prune = (): void => {
    const count = leases.all().length;
    leases.prune(now());
    if (leases.all().length !== count) leasesChanged();
  };
  leases.prune(now());
  leasesChanged();
  return ok({ service, boundTo: bound?.name ?? null, prune });
}
