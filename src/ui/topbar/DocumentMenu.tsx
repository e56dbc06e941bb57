/** From one document straight to another: what this browser has kept, newest first, and the catalogue. */
import { Menu } from '@base-ui/react/menu';
import { useQuery } from '@tanstack/react-query';
import { IconButton } from '../controls/IconButton.tsx';
import { MenuItem } from '../controls/MenuItem.tsx';
import { addressOfSlot } from '../document/shelf.ts';
import { navigate } from '../shell/address.ts';
import { useServices } from '../shell/Services.tsx';
import { usePage } from '../store/StoreProvider.tsx';

/** Older ones are in the catalogue. */
const LISTED = 12;

export function DocumentMenu() {
  const { shelf, opener } = useServices();
  const here = usePage((state) => state.document.title);
  const { data } = useQuery({ queryKey: ['shelf'], queryFn: () => shelf.list(), staleTime: 0 });
  const others = (data ?? []).filter(({ slot }) => !location.hash.startsWith(addressOfSlot(slot)));
  return (
    <Menu.Root>
      <Menu.Trigger render={<IconButton glyph="chevd" size={12} label="Other documents" />} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="float">
          <Menu.Popup className="menu">
            {others.slice(0, LISTED).map(({ slot, title, commands }) => (
              <MenuItem
                key={slot}
                glyph={slot.startsWith('f/') ? 'db' : 'file'}
                onClick={() => {
                  // What was just typed here is kept before the other takes the world.
                  void opener.save().then(() => navigate(addressOfSlot(slot), false));
                }}
              >
                {title || 'Untitled'}
                <span className="menu-note">
                  {commands} {commands === 1 ? 'command' : 'commands'}
                </span>
              </MenuItem>
            ))}
            {others.length === 0 && (
              <Menu.Item className="menu-item" disabled>
                {here || 'This document'} is the only one kept
              </Menu.Item>
            )}
            <Menu.Separator className="menu-rule" />
            <MenuItem glyph="menu" onClick={() => navigate('#/', false)}>
              All documents and scenarios
            </MenuItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
