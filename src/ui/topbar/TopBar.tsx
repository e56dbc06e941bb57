/** The bar over everything: what is open, how one looks at it, and what can be done with it. */
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { ProductMark } from '../glyphs/ProductMark.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { useActions, useHistory } from '../store/StoreProvider.tsx';
import { DocumentMenu } from './DocumentMenu.tsx';
import { DocumentName } from './DocumentName.tsx';
import { LensTabs } from './LensTabs.tsx';
import { RunMenu } from './RunMenu.tsx';
import { MoreMenu } from './MoreMenu.tsx';
import { ThemeMenu } from './ThemeMenu.tsx';
import './topbar.css';

export function TopBar({ mode }: { readonly mode: LayoutMode }) {
  const { openDialog } = useActions();
  const { undo, past } = useHistory();
  const { runs } = useWorld();
  const wide = mode === 'wide';
  const narrow = mode === 'narrow';
  return (
    <header className={`top-bar top-bar-${mode}`}>
      <a className="mark" href="#/" aria-label="Hopscope, catalogue">
        <ProductMark />
        {wide && <b>Hopscope</b>}
      </a>
      <div className="document-name">
        <DocumentName />
        {!narrow && runs.length > 0 && <RunMenu />}
      </div>
      {!narrow && <DocumentMenu />}
      {!narrow && <LensTabs />}
      {wide ? (
        <button
          type="button"
          className="find"
          aria-label="Find anything by name, IP, MAC, VNI, uuid"
          aria-keyshortcuts="Control+K"
          onClick={() => openDialog({ kind: 'palette' })}
        >
          <Glyph name="search" />
          <span>Name, IP, MAC, VNI, uuid</span>
          <kbd>Ctrl K</kbd>
        </button>
      ) : (
        <span className="top-bar-fill">
          <IconButton
            glyph="search"
            label="Find anything"
            keys="Ctrl K"
            onClick={() => openDialog({ kind: 'palette' })}
          />
        </span>
      )}
      {narrow ? (
        <MoreMenu />
      ) : (
        <>
          <i className="top-bar-rule" />
          <IconButton glyph="undo" label="Undo" keys="Ctrl Z" disabled={past === 0} onClick={undo} />
          <ThemeMenu />
          <IconButton glyph="open" label="Open" keys="Ctrl O" onClick={() => openDialog({ kind: 'open' })} />
          {wide ? (
            <>
              <Button weight="line" glyph="share" onClick={() => openDialog({ kind: 'share' })}>
                Share
              </Button>
              <Button weight="primary" glyph="export" onClick={() => openDialog({ kind: 'export' })}>
                Export
              </Button>
            </>
          ) : (
            <>
              <Button
                weight="line"
                glyph="share"
                aria-label="Share"
                title="Share"
                onClick={() => openDialog({ kind: 'share' })}
              />
              <Button
                weight="primary"
                glyph="export"
                aria-label="Export"
                title="Export"
                onClick={() => openDialog({ kind: 'export' })}
              />
            </>
          )}
        </>
      )}
    </header>
  );
}
