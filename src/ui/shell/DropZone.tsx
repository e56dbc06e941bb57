/** Files dropped anywhere on the page are opened; while they hang over it, the page says so. */
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useServices } from './Services.tsx';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

export function DropZone({ children }: { readonly children: ReactNode }) {
  const { opener } = useServices();
  const [over, setOver] = useState(false);
  // Enter and leave come for every element inside; only the outermost count.
  const depth = useRef(0);
  const enter = (by: number): void => {
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  return (
    <div
      className="page"
      onDragEnter={(event) => {
        if (hasFiles(event)) enter(1);
      }}
      onDragLeave={(event) => {
        if (hasFiles(event)) enter(-1);
      }}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        enter(-depth.current);
        const files = [...event.dataTransfer.files];
        if (files.length > 0) void opener.openFiles(files);
      }}
    >
      {children}
      {over && (
        <div className="drop-cover">
          <Glyph name="open" size={32} />
          <p>Drop a database file, an exported picture or a script</p>
        </div>
      )}
    </div>
  );
}
