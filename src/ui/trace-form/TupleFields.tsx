/** The fields of a 5-tuple; every change makes the microflow anew. */
import { useState } from 'react';
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';
import { Choice } from '../controls/Choice.tsx';
import { TextField } from '../controls/TextField.tsx';
import { microflowOf, PROTOCOLS, type FiveTuple, type Protocol } from './five-tuple.ts';

interface TupleFieldsProps {
  readonly ports: readonly TraceablePort[];
  readonly port: TraceablePort;
  readonly onMicroflow: (text: string) => void;
}

export function TupleFields({ ports, port, onMicroflow }: TupleFieldsProps) {
  const [tuple, setTuple] = useState<FiveTuple>(() => ({
    protocol: 'tcp',
    source: port.ips[0] ?? '',
    destination: ports.find((other) => other.name !== port.name && other.ips.length > 0)?.ips[0] ?? '',
    sourcePort: '',
    destinationPort: '80',
  }));
  const change = (part: Partial<FiveTuple>): void => {
    const next = { ...tuple, ...part };
    setTuple(next);
    onMicroflow(microflowOf(ports, port, next));
  };
  const hasPorts = tuple.protocol === 'tcp' || tuple.protocol === 'udp' || tuple.protocol === 'sctp';
  return (
    <fieldset className="tuple">
      <legend className="visually-hidden">5-tuple</legend>
      <Choice
        label="Protocol"
        value={tuple.protocol}
        options={PROTOCOLS.map((name) => ({ value: name, text: name }))}
        onChange={(value) => change({ protocol: value as Protocol })}
      />
      <TextField label="Source" mono value={tuple.source} onChange={(source) => change({ source })} />
      <TextField
        label="Destination"
        mono
        value={tuple.destination}
        onChange={(destination) => change({ destination })}
      />
      {hasPorts && (
        <>
          <TextField
            label="Source port"
            mono
            inputMode="numeric"
            value={tuple.sourcePort}
            onChange={(sourcePort) => change({ sourcePort })}
          />
          <TextField
            label="Destination port"
            mono
            inputMode="numeric"
            value={tuple.destinationPort}
            onChange={(destinationPort) => change({ destinationPort })}
          />
        </>
      )}
    </fieldset>
  );
}
