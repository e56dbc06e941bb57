/** The product's mark: a packet's hops. */

/** The mark alone, 22 px; the name beside it is text. */
export function ProductMark() {
  return (
    <svg
      className="glyph product-mark"
      width={22}
      height={22}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M3 17c1.5-9 6.5-9 8 0 1-6.5 5-7.5 7.5-2.5" />
      <circle cx="20.5" cy="17.5" r="1.75" fill="currentColor" stroke="none" />
    </svg>
  );
}
