/** The port by which the packet enters: typed, with the ports that fit as suggestions. */
import { useId, useMemo } from 'react';
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';
import { TextField } from '../controls/TextField.tsx';

/** More suggestions than that are no help. */
const MOST = 50;

interface PortFieldProps {
  readonly ports: readonly TraceablePort[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

export function PortField({ ports, value, onChange }: PortFieldProps) {
  const list = useId();
  const wanted = value.toLowerCase();
  const isKnown = ports.some(({ name }) => name === value);
  const fitting = useMemo(
    () =>
      (isKnown
        ? ports
        : ports.filter(({ name, ips }) => name.toLowerCase().includes(wanted) || ips.includes(wanted))
      ).slice(0, MOST),
    [ports, wanted, isKnown],
  );
  return (
    <>
      <TextField
        label="Enters by port"
        mono
        value={value}
        list={list}
        onChange={onChange}
        {...(isKnown || value === '' ? {} : { problem: `There is no port ${value}.` })}
      />
      <datalist id={list}>
        {fitting.map(({ name, datapath, ips }) => (
          <option key={name} value={name}>
            {datapath} {ips.join(' ')}
          </option>
        ))}
      </datalist>
    </>
  );
}
