/** The plain button in its three weights; quiet until hovered, unless it is the one primary. */
import type { ComponentPropsWithRef } from 'react';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { saidDisabled } from './disabled.ts';

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  readonly weight?: 'quiet' | 'line' | 'primary';
  readonly glyph?: GlyphName;
}

export function Button({ weight = 'quiet', glyph, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...saidDisabled(rest)}
      className={`button button-${weight}${className ? ` ${className}` : ''}`}
    >
      {glyph && <Glyph name={glyph} />}
      {children !== undefined && <span className="button-text">{children}</span>}
    </button>
  );
}
