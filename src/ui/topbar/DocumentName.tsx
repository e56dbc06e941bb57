/** The document's name, and the field in which it is changed. */
import { useRef, useState } from 'react';
import { useActions, usePage } from '../store/StoreProvider.tsx';

/** Characters that a name may have. */
const LONGEST = 80;

export function DocumentName() {
  const title = usePage((state) => state.document.title);
  const { setTitle } = useActions();
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const done = (text: string | null): void => {
    setEditing(false);
    const next = text?.trim() ?? '';
    if (next !== '' && next !== title) setTitle(next);
    // The field is gone: the focus stays where it was.
    requestAnimationFrame(() => button.current?.focus());
  };
  if (editing)
    return (
      <input
        className="document-rename"
        type="text"
        aria-label="Name of the document"
        defaultValue={title}
        maxLength={LONGEST}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button that was just pressed
        autoFocus
        onFocus={(event) => event.target.select()}
        onBlur={(event) => done(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') {
            event.currentTarget.value = title;
            event.currentTarget.blur();
          }
        }}
      />
    );
  return (
    <h1>
      <button ref={button} type="button" title={`Rename ${title}`} onClick={() => setEditing(true)}>
        {title}
      </button>
    </h1>
  );
}
