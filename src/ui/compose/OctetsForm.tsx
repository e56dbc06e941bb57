/** A frame octet by octet: typed, pasted from a dump, or taken from a capture file. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { octetsOf, octetsText } from './octets-text.ts';

export function OctetsForm({ onOctets }: { readonly onOctets: (octets: Uint8Array | null) => void }) {
  const session = useSession();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const read = useMemo(() => octetsOf(text), [text]);
  useEffect(() => onOctets(read.ok ? read.value : null), [onOctets, read]);
  const file = useMutation({
    mutationFn: async (chosen: File) =>
      session.call('capturedFrames', new Uint8Array(await chosen.arrayBuffer())),
    onSuccess: ([first]) => {
      if (first) setText(octetsText(first.octets));
    },
  });
  const frames = file.data ?? [];
  const at = frames.findIndex((frame) => octetsText(frame.octets) === text);
  return (
    <>
      <div className="field">
        <label htmlFor={id} className="field-label">
          Octets
        </label>
        <textarea
          id={id}
          className="text-input compose-text mono"
          rows={7}
          value={text}
          spellCheck={false}
          placeholder={'ff ff ff ff ff ff 40 44 …\nor what tcpdump -XX or Wireshark shows'}
          aria-invalid={text !== '' && !read.ok ? true : undefined}
          aria-describedby={`${id}-note`}
          onChange={(event) => setText(event.target.value)}
        />
        <span
          id={`${id}-note`}
          className={read.ok || text === '' ? 'field-note' : 'field-note field-problem'}
        >
          {read.ok ? `${read.value.length} octets` : text === '' ? 'From the destination MAC on' : read.error}
        </span>
      </div>
      <div className="compose-file">
        <Button glyph="open" onClick={() => input.current?.click()}>
          From a pcap file
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Capture file"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            event.target.value = '';
            if (chosen) file.mutate(chosen);
          }}
        />
        {file.isError && (
          <span className="form-problem" role="alert">
            {failureOf(file.error).message}
          </span>
        )}
      </div>
      {frames.length > 1 && (
        <Choice
          label="Frame of the file"
          mono
          value={String(at)}
          options={frames.map((frame, number) => ({
            value: String(number),
            text: `${number + 1}  ${frame.text.slice(0, 120)}`,
          }))}
          onChange={(value) => {
            const frame = frames[Number(value)];
            if (frame) setText(octetsText(frame.octets));
          }}
        />
      )}
    </>
  );
}
