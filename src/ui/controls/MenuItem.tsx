/** One thing to do in a menu, with its glyph. */
import type { ReactNode } from 'react';
import { Menu } from '@base-ui/react/menu';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';

interface MenuItemProps {
  readonly glyph: GlyphName;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function MenuItem({ glyph, onClick, children }: MenuItemProps) {
  return (
    <Menu.Item className="menu-item" onClick={onClick}>
      <Glyph name={glyph} />
      {children}
    </Menu.Item>
  );
}
