/** A packet pasted as octets: read by the engine, and put as a microflow. */
import { useState } from 'react';
import { useSession } from '../engine/SessionProvider.tsx';

interface PacketFieldsProps {
  readonly inport: string;
  readonly onMicroflow: (text: string) => void;
}

export function PacketFields({ inport, onMicroflow }: PacketFieldsProps) {
  const session = useSession();
  const [hex, setHex] = useState('');
  const [problem, setProblem] = useState('');
  const change = async (text: string): Promise<void> => {
    setHex(text);
    const { microflow, error } = await session.call('packetMicroflow', { hex: text, inport });
    setProblem(error);
    if (error === '') onMicroflow(microflow);
  };
  return (
    <label className="field">
      <span className="field-label">Octets, as tcpdump -xx prints them</span>
      <textarea
        className="text-input mono"
        rows={4}
        spellCheck={false}
        value={hex}
        placeholder="0x0000:  0200 0000 0002 0200 0000 0001 0800 4500 …"
        aria-invalid={problem !== '' || undefined}
        onChange={(event) => void change(event.target.value)}
      />
      {problem !== '' && <span className="field-note field-problem">{problem}</span>}
    </label>
  );
}
