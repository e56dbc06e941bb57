/** A frame by its fields; its octets are shown as they will be sent. */
import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { FrameFields } from '../../engine/protocol.ts';
import { TextField } from '../controls/TextField.tsx';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import type { PacketOptions } from './packet-kinds.ts';
import { octetsText } from './octets-text.ts';

interface FrameFieldsFormProps {
  readonly protocol: FrameFields['protocol'];
  readonly sourceMac: string;
  readonly source: string;
  readonly destination: string;
  /** Where the frame would go if the sender knew the way. */
  readonly likelyMac: string;
  readonly options: PacketOptions;
  readonly onOctets: (octets: Uint8Array | null) => void;
}

const HOPS = 64;

export function FrameFieldsForm({
  protocol,
  sourceMac,
  source,
  destination,
  likelyMac,
  options,
  onOctets,
}: FrameFieldsFormProps) {
  const session = useSession();
  const [toMac, setToMac] = useState<string | null>(null);
  const [fromMac, setFromMac] = useState<string | null>(null);
  const [from, setFrom] = useState<string | null>(null);
  const fields: FrameFields = {
    protocol,
    sourceMac: (fromMac ?? sourceMac).trim(),
    destinationMac: (toMac ?? likelyMac).trim(),
    source: (from ?? source).trim(),
    destination: destination.trim(),
    ttl: options.ttl.trim() === '' ? HOPS : Number(options.ttl),
    port: Number(options.port),
    data: options.data,
    vlan: options.vlan.trim() === '' ? null : Number(options.vlan),
  };
  const frame = useQuery({
    queryKey: ['compose', fields],
    queryFn: ({ signal }) => session.call('composeFrame', fields, { signal }),
    retry: false,
  });
  const octets = frame.data ?? null;
  useEffect(() => onOctets(octets), [onOctets, octets]);
  return (
    <>
      <div className="compose-pair">
        <TextField label="Source MAC" mono value={fromMac ?? sourceMac} onChange={setFromMac} />
        {protocol !== 'arp' && protocol !== 'dhcp' && (
          <TextField
            label="Destination MAC"
            mono
            value={toMac ?? likelyMac}
            hint={toMac === null && likelyMac === '' ? 'Nobody here has that address' : ''}
            onChange={setToMac}
          />
        )}
        {protocol !== 'dhcp' && (
          <TextField label="Source address" mono value={from ?? source} onChange={setFrom} />
        )}
      </div>
      {frame.isError ? (
        <p className="form-problem" role="alert">
          {failureOf(frame.error).message}
        </p>
      ) : (
        <pre className="compose-octets scroll" aria-label="Octets of the frame">
          {octets ? octetsText(octets) : ''}
        </pre>
      )}
    </>
  );
}
