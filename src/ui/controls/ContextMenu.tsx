/** A menu at a point of the page, for the thing that is there. */
import type { ReactNode } from 'react';
import { Menu } from '@base-ui/react/menu';

interface ContextMenuProps {
  /** Page coordinates. */
  readonly at: { readonly x: number; readonly y: number };
  readonly label: string;
  readonly onClose: () => void;
  /** Whether the focus goes back to where it was; asked when the menu closes. */
  readonly returns?: () => boolean;
  readonly children: ReactNode;
}

export function ContextMenu({ at, label, onClose, returns, children }: ContextMenuProps) {
  return (
    <Menu.Root
      open
      modal={false}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Menu.Portal>
        <Menu.Positioner
          className="float"
          side="bottom"
          align="start"
          anchor={{ getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }}
        >
          <Menu.Popup
            className="menu"
            aria-label={label}
            {...(returns ? { finalFocus: () => returns() } : {})}
          >
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
