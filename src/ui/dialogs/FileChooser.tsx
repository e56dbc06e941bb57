/** A place to drop files on, that also opens the system's chooser. */
import { useRef } from 'react';
import { Button } from '../controls/Button.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useServices } from '../shell/Services.tsx';

export function FileChooser({ onChosen }: { readonly onChosen?: () => void }) {
  const { opener } = useServices();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="file-chooser">
      <Glyph name="db" size={24} className="quiet" />
      <div>
        <p>
          <code>ovnnb_db.db</code>, <code>ovnsb_db.db</code>, a set of TripleO files, outputs as text, or a
          picture, document or script saved here
        </p>
        <p className="quiet">Drop files anywhere, or choose them. Nothing leaves this computer.</p>
      </div>
      <Button weight="line" glyph="open" onClick={() => input.current?.click()}>
        Choose files
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to open"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length === 0) return;
          void opener.openFiles(files);
          onChosen?.();
        }}
      />
    </div>
  );
}
