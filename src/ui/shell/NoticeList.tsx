/** What the page has to say that belongs to no panel, over the bottom of the page: what is so, and what to do. */
import { useSyncExternalStore } from 'react';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import type { Notice } from './notices.ts';
import { useOpenerState, useServices } from './Services.tsx';

export function NoticeList() {
  const { notices } = useServices();
  const all = useSyncExternalStore(notices.subscribe, notices.all);
  return (
    <output className="notices" aria-label="Notices">
      {all.map((notice) => (
        <span key={notice.kind} className={`notice notice-${notice.kind}`}>
          <Glyph name={notice.kind === 'newer' ? 'undo' : 'warn'} />
          <span className="notice-text">{textOf(notice)}</span>
          <Remedy notice={notice} />
          <IconButton
            glyph="cross"
            size={14}
            label="Close this notice"
            onClick={() => notices.close(notice.kind)}
          />
        </span>
      ))}
    </output>
  );
}

function textOf(notice: Notice): string {
  switch (notice.kind) {
    case 'keeping':
      return notice.trouble === 'full'
        ? 'What you do is no longer kept: this browser’s storage is full.'
        : 'What you do is not kept: this browser allows no storage.';
    case 'newer':
      return 'A newer version of this page is here. It comes with a reload.';
    case 'part':
      return 'A part of the page could not be read. Check the connection, then reload.';
    case 'parted':
      return `Another tab went on with the same document. What you do here is kept beside it, as “${notice.name}”.`;
    case 'fault':
      return `Something failed inside the network: ${notice.message}. The rest goes on.`;
  }
}

function Remedy({ notice: { kind } }: { readonly notice: Notice }) {
  const { slot } = useOpenerState();
  const { openDialog } = useActions();
  switch (kind) {
    case 'keeping':
      return (
        slot !== null && (
          <Button weight="line" onClick={() => openDialog({ kind: 'share' })}>
            Save it as a file
          </Button>
        )
      );
    case 'newer':
    case 'part':
      return (
        <Button weight="line" onClick={() => location.reload()}>
          Reload
        </Button>
      );
    case 'parted':
    case 'fault':
      return null;
  }
}
