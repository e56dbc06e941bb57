/** Text that a program printed, in a box that scrolls; the keyboard can reach it to scroll. */
import type { ComponentPropsWithRef } from 'react';

interface ScrollTextProps extends ComponentPropsWithRef<'pre'> {
  readonly label: string;
  /** New text is read out as it comes. */
  readonly live?: boolean;
}

export function ScrollText({ label, live = false, className, children, ...rest }: ScrollTextProps) {
  return (
    <pre
      {...rest}
      className={`scroll${className ? ` ${className}` : ''}`}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
      tabIndex={0}
      role={live ? 'log' : 'region'}
      aria-label={label}
    >
      {children}
    </pre>
  );
}
