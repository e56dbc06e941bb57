/** A button that cannot be pressed now keeps its place among the stops of Tab, and the focus if it had it: what a press brought about must not take the keyboard away. */
import type { ComponentPropsWithRef, MouseEvent } from 'react';

/** Neither pressed nor, in a form, sent. */
const refuse = (event: MouseEvent): void => event.preventDefault();

/** The attributes of a button in which `disabled` is said, not done by the browser. */
export function saidDisabled({
  disabled,
  ...rest
}: ComponentPropsWithRef<'button'>): ComponentPropsWithRef<'button'> {
  return disabled === true ? { ...rest, 'aria-disabled': true, onClick: refuse } : rest;
}
