/** A dialog above the page: title, one line of what it does, content, and a row of buttons. */
import { useRef, type ReactNode } from 'react';
import { Dialog } from '@base-ui/react/dialog';
import { IconButton } from './IconButton.tsx';

interface ModalProps {
  readonly title: string;
  readonly description?: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly width?: number;
  readonly footer?: ReactNode;
  /** Nothing in it takes the focus, so that its body must: else keys could not scroll it. */
  readonly onlyText?: boolean;
  readonly children: ReactNode;
}

export function Modal({
  title,
  description,
  open,
  onClose,
  width = 480,
  footer,
  onlyText = false,
  children,
}: ModalProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="modal-backdrop" />
        <Dialog.Popup
          className="modal"
          style={{ width }}
          initialFocus={() =>
            body.current?.querySelector<HTMLElement>('input:not([hidden]), select, textarea, button') ??
            body.current ??
            true
          }
        >
          <header className="modal-head">
            <div>
              <Dialog.Title className="modal-title">{title}</Dialog.Title>
              {description && <Dialog.Description className="modal-text">{description}</Dialog.Description>}
            </div>
            <Dialog.Close render={<IconButton glyph="cross" label="Close" keys="Esc" />} />
          </header>
          <div
            ref={body}
            className="modal-body scroll"
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
            tabIndex={onlyText ? 0 : -1}
          >
            {children}
          </div>
          {footer && <footer className="modal-foot">{footer}</footer>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
