/** A button that is a glyph alone: its name is its label, shown as a tip with its key. */
import { memo, type ComponentPropsWithRef } from 'react';
import { Tooltip } from '@base-ui/react/tooltip';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { saidDisabled } from './disabled.ts';

interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  readonly glyph: GlyphName;
  readonly label: string;
  /** Key that does the same, as the tip shows it. */
  readonly keys?: string;
  readonly size?: 12 | 14 | 16;
}

/** Made anew only when what it is given changes: rows of them stand where every step passes. */
export const IconButton = memo(function IconButton({
  glyph,
  label,
  keys,
  size = 16,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            aria-label={label}
            {...saidDisabled(rest)}
            className={`button button-quiet button-icon${className ? ` ${className}` : ''}`}
          />
        }
      >
        <Glyph name={glyph} size={size} />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="float">
          <Tooltip.Popup className="tip" aria-hidden="true">
            {label}
            {keys && <kbd>{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
});
