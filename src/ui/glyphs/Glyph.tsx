/** One glyph at one of the sizes that the look allows; strokes thicken a little as it gets small. */
import { GLYPHS, type GlyphName } from './glyphs.table.tsx';

const STROKE = { 12: 2, 14: 1.7, 16: 1.5, 20: 1.5, 24: 1.5, 32: 1.5 } as const;

interface GlyphProps {
  readonly name: GlyphName;
  readonly size?: keyof typeof STROKE;
  readonly className?: string;
}

/** Decorative: the control around it carries the name. */
export function Glyph({ name, size = 16, className }: GlyphProps) {
  return (
    <svg
      className={className ? `glyph ${className}` : 'glyph'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={STROKE[size]}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {GLYPHS[name]}
    </svg>
  );
}
