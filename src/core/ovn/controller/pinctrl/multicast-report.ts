/** What IGMP and MLD messages say: which groups a port joins and leaves, or that it leads to a multicast router. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { decode, findLayer, type LayerOf } from '../../../wire/index.ts';

const IGMP = { query: 0x11, reportV1: 0x12, reportV2: 0x16, leave: 0x17, reportV3: 0x22 } as const;
const MLD = { query: 130, report: 131, done: 132, report2: 143 } as const;
const RECORD = { isInclude: 1, toInclude: 3, last: 6 } as const;

type GroupProtocol = 'IGMPv1' | 'IGMPv2' | 'IGMPv3' | 'MLDv1' | 'MLDv2';

interface GroupChange {
  readonly address: string;
  /** null: the port leaves. */
  readonly protocol: GroupProtocol | null;
}

export interface MulticastReport {
  readonly changes: readonly GroupChange[];
  readonly isFromRouter: boolean;
  /** Where the message goes on to. */
  readonly forward: 'routers' | 'flood' | null;
}

interface GroupRecord {
  readonly type: number;
  readonly sources: readonly unknown[];
}

/** "Nothing but these sources", with no sources, is a leave. */
function recordChange(address: string, record: GroupRecord, protocol: GroupProtocol): GroupChange[] {
  if (record.type < RECORD.isInclude || record.type > RECORD.last) return [];
  const isInclude = record.type === RECORD.isInclude || record.type === RECORD.toInclude;
  return [{ address, protocol: isInclude && record.sources.length === 0 ? null : protocol }];
}

function igmpReport(igmp: LayerOf<'igmp'>): MulticastReport {
  const address = formatIpv4(igmp.group);
  const joins = (protocol: GroupProtocol | null): MulticastReport => ({
    changes: [{ address, protocol }],
    isFromRouter: false,
    forward: 'routers',
  });
  switch (igmp.type) {
    case IGMP.reportV1:
      return joins('IGMPv1');
    case IGMP.reportV2:
      return joins('IGMPv2');
    case IGMP.leave:
      return joins(null);
    case IGMP.reportV3:
      return {
        ...joins(null),
        changes: igmp.records.flatMap((record) => recordChange(formatIpv4(record.group), record, 'IGMPv3')),
      };
    default:
      return {
        changes: [],
        isFromRouter: igmp.type === IGMP.query,
        forward: igmp.type === IGMP.query ? 'flood' : null,
      };
  }
}

function mldReport(mld: LayerOf<'icmpv6'>, source: bigint): MulticastReport {
  const { message, type } = mld;
  if (message.kind === 'listener-report')
    return {
      changes: message.records.flatMap((record) => recordChange(formatIpv6(record.group), record, 'MLDv2')),
      isFromRouter: false,
      forward: 'routers',
    };
  if (type === MLD.query) return { changes: [], isFromRouter: source !== 0n, forward: 'flood' };
  const isListener = message.kind === 'listener';
  const protocol = type === MLD.report ? 'MLDv1' : null;
  return {
    changes: isListener ? [{ address: formatIpv6(message.group), protocol }] : [],
    isFromRouter: false,
    forward: type === MLD.report || type === MLD.done || type === MLD.report2 ? 'routers' : null,
  };
}

/** The message in a frame, or why it does not count. */
export function readMulticastReport(octets: Uint8Array): MulticastReport | string {
  const decoded = decode(octets);
  const igmp = findLayer(decoded, 'igmp');
  if (igmp)
    return igmp.checksum.verdict === 'wrong'
      ? 'multicast snooping received bad IGMP checksum'
      : igmpReport(igmp);
  const mld = findLayer(decoded, 'icmpv6');
  const ip = findLayer(decoded, 'ipv6');
  if (!mld || !ip) return 'neither IGMP nor MLD';
  return mld.checksum.verdict === 'wrong'
    ? 'multicast snooping received bad MLD checksum'
    : mldReport(mld, ip.source);
}
