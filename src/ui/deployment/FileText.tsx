/** The text of a file with its line numbers; lines can be lit and, where they stand for something, chosen. */
import { useEffect, useRef } from 'react';

interface FileTextProps {
  readonly path: string;
  readonly text: string;
  /** Lines from 1. */
  readonly lit: ReadonlySet<number>;
  /** Told at the end of a line: what it made. */
  readonly notes?: ReadonlyMap<number, string>;
  /** Lines that can be chosen. */
  readonly live?: ReadonlySet<number>;
  readonly onLine?: (line: number) => void;
}

export function FileText({ path, text, lit, notes, live, onLine }: FileTextProps) {
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (lit.size > 0) box.current?.querySelector('.file-lit')?.scrollIntoView({ block: 'nearest' });
  }, [lit]);
  return (
    <figure className="file">
      <figcaption title={path}>
        <code>{path}</code>
      </figcaption>
      <ol className="file-lines scroll" ref={box}>
        {text
          .trimEnd()
          .split('\n')
          .map((content, at) => {
            const line = at + 1;
            const note = notes?.get(line);
            const code = <code>{content === '' ? ' ' : content}</code>;
            return (
              // oxlint-disable-next-line react/no-array-index-key -- a line is its number
              <li key={line} className={lit.has(line) ? 'file-lit' : undefined}>
                {live?.has(line) && onLine ? (
                  <button type="button" aria-pressed={lit.has(line)} onClick={() => onLine(line)}>
                    {code}
                    {note !== undefined && <i>{note}</i>}
                  </button>
                ) : (
                  <span>{code}</span>
                )}
              </li>
            );
          })}
      </ol>
    </figure>
  );
}
