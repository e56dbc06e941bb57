/** What a panel shows while there is nothing in it: one sentence and at most one button. */
import type { ReactNode } from 'react';

export function Empty({ text, children }: { readonly text: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}
