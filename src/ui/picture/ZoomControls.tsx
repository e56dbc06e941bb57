/** Zoom buttons at the left, the overview at the right. */
import type { Ref } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';

interface ZoomControlsProps {
  readonly mode: LayoutMode;
  /** Whether the picture is elsewhere than where all of it shows. */
  readonly away: boolean;
  readonly zoom: number;
  readonly onZoom: (factor: number) => void;
  readonly onFull: () => void;
  readonly onFit: () => void;
  readonly minimap: Ref<HTMLCanvasElement>;
}

const STEP = 1.25;

export function ZoomControls({ mode, zoom, away, onZoom, onFull, onFit, minimap }: ZoomControlsProps) {
  const wide = mode === 'wide';
  // A narrow page has no room to spare: fingers zoom, and the way back comes when it is needed.
  if (mode === 'narrow' && !away) return null;
  return (
    <>
      <fieldset className={`zoom floating ${wide ? 'zoom-wide' : 'zoom-medium'}`} aria-label="Zoom">
        {wide && <IconButton glyph="minus" label="Zoom out" keys="-" onClick={() => onZoom(1 / STEP)} />}
        {wide && (
          <button
            type="button"
            className="zoom-level"
            title="Show at 100 %"
            aria-label={`Zoom ${Math.round(zoom * 100)} %, show at 100 %`}
            onClick={onFull}
          >
            {Math.round(zoom * 100)}%
          </button>
        )}
        {wide && <IconButton glyph="plus" label="Zoom in" keys="+" onClick={() => onZoom(STEP)} />}
        <IconButton glyph="fit" label="Fit" keys="0" onClick={onFit} />
      </fieldset>
      {wide && (
        <div className="minimap floating" aria-hidden="true">
          <canvas ref={minimap} />
        </div>
      )}
    </>
  );
}
