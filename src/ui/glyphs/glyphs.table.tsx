/** Every glyph as its shapes on a 24-px grid, 1.5-px stroke, `currentColor`; the filled part is the part that matters. */
import type { ReactNode } from 'react';

/** Shapes by name. `Glyph` puts them into an `svg`. */
export const GLYPHS = {
  host: (
    <>
      <rect x="3" y="4" width="18" height="7" rx="1.5" />
      <rect x="3" y="13" width="18" height="7" rx="1.5" />
      <path d="M6.5 7.5h.01M6.5 16.5h.01" strokeWidth="2.25" />
      <path d="M11 7.5h6.5M11 16.5h6.5" />
    </>
  ),
  container: (
    <>
      <rect x="3" y="5.5" width="18" height="13" rx="1.5" />
      <path d="M7.5 9v6M12 9v6M16.5 9v6" />
    </>
  ),
  netns: (
    <>
      <path d="M8.5 4H5.5A1.5 1.5 0 0 0 4 5.5v3M15.5 4h3A1.5 1.5 0 0 1 20 5.5v3M8.5 20h-3A1.5 1.5 0 0 1 4 18.5v-3M15.5 20h3a1.5 1.5 0 0 0 1.5-1.5v-3" />
      <rect x="9" y="9" width="6" height="6" rx="1" />
    </>
  ),
  vm: (
    <>
      <rect x="3" y="4" width="18" height="12.5" rx="1.5" />
      <path d="M12 16.5V20M8 20h8" />
    </>
  ),
  bridge: (
    <>
      <path d="M3 12h18" strokeWidth="2.25" />
      <path d="M7 12V7.5M17 12V7.5M12 12v4.5" />
      <circle cx="7" cy="5.5" r="2" />
      <circle cx="17" cy="5.5" r="2" />
      <circle cx="12" cy="18.5" r="2" />
    </>
  ),
  ovs: (
    <>
      <rect x="5.5" y="3.5" width="13" height="17" rx="1.5" />
      <path d="M5.5 9.2h13M5.5 14.8h13M2 12h3.5M18.5 12H22" />
    </>
  ),
  port: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="1.5" />
      <path d="M8 19.5V15h8v4.5M8.5 4.5V8M12 4.5V8M15.5 4.5V8" />
    </>
  ),
  vlan: (
    <>
      <path d="M4.5 6h9.2a1.5 1.5 0 0 1 1.1.5L20.5 12l-5.7 5.5a1.5 1.5 0 0 1-1.1.5H4.5A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6z" />
      <path d="M7.5 12h5" />
    </>
  ),
  bond: (
    <>
      <path d="M3 6.5h4.5c4 0 3 5.5 7 5.5M3 17.5h4.5c4 0 3-5.5 7-5.5" />
      <path d="M14.5 12H21" strokeWidth="2.75" />
    </>
  ),
  lswitch: (
    <>
      <rect x="3" y="3" width="18" height="18" rx="4.5" />
      <path d="M7 9.5h9.5M14 7l2.5 2.5L14 12M17 14.5H7.5M10 12l-2.5 2.5L10 17" />
    </>
  ),
  lrouter: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 10.25V6.5M10 8.25l2-2 2 2M12 13.75v3.75M10 15.75l2 2 2-2M6 12h3.75M18 12h-3.75" />
    </>
  ),
  dgp: (
    <>
      <path d="M10.5 3.7a8.5 8.5 0 1 0 0 16.6" />
      <rect x="13.5" y="8.5" width="7" height="7" rx="1.25" />
      <path d="M7 12h6.5M17 5.5V3M17 21v-2.5" />
    </>
  ),
  gwchassis: (
    <>
      <rect x="3" y="13" width="18" height="7.5" rx="1.5" />
      <path d="M6.5 16.75h.01" strokeWidth="2.25" />
      <path d="M11 16.75h6.5M12 10V3.5M8.75 6.5 12 3.25l3.25 3.25" />
    </>
  ),
  lb: (
    <>
      <circle cx="7" cy="12" r="2.25" />
      <path d="M2.5 12h2.25M8.75 10.5 14 5.5h6M9.25 12H20M8.75 13.5l5.25 5h6M18 3.5l2 2-2 2M18 10l2 2-2 2M18 16.5l2 2-2 2" />
    </>
  ),
  nat: (
    <>
      <path d="M3.5 8.25h14M14.5 5.25l3 3-3 3M20.5 15.75h-14M9.5 12.75l-3 3 3 3" />
      <path d="M12 2.5v2.25M12 19.25v2.25M12 11v2" />
    </>
  ),
  acl: <path d="M11 7h9.5M11 12h9.5M11 17h9.5M3.5 7.25 5 8.75 8 5.5M4 15l3.75 3.75M7.75 15 4 18.75" />,
  dhcp: (
    <>
      <rect x="3" y="12.5" width="18" height="7.5" rx="1.5" />
      <path d="M7.5 16.25h.01M12 16.25h.01M16.5 16.25h.01" strokeWidth="2.25" />
      <path d="M12 3.5v5.5M9.25 6.5 12 9.25l2.75-2.75" />
    </>
  ),
  geneve: (
    <>
      <path d="M6 6.5h12M6 17.5h12" />
      <ellipse cx="6" cy="12" rx="2.75" ry="5.5" />
      <path d="M18 6.5c1.5 0 2.75 2.46 2.75 5.5s-1.25 5.5-2.75 5.5" />
      <path d="M11.5 12h1.25M15 12h2.5" />
    </>
  ),
  vxlan: (
    <>
      <path d="M6 6.5h12M6 17.5h12" />
      <ellipse cx="6" cy="12" rx="2.75" ry="5.5" />
      <path d="M18 6.5c1.5 0 2.75 2.46 2.75 5.5s-1.25 5.5-2.75 5.5" />
      <path d="M12 10l4 4M16 10l-4 4" />
    </>
  ),
  speaker: (
    <>
      <circle cx="7" cy="12" r="3.5" />
      <path d="M13.5 7.25a7 7 0 0 1 0 9.5M17 4.25a11.2 11.2 0 0 1 0 15.5" />
    </>
  ),
  session: (
    <>
      <circle cx="5.5" cy="16.5" r="2.75" />
      <circle cx="18.5" cy="16.5" r="2.75" />
      <path d="M6.25 13.5C7.5 5 16.5 5 17.75 13.5" />
    </>
  ),
  vrf: <path d="M12 3.5 20.5 8 12 12.5 3.5 8zM3.5 12l8.5 4.5 8.5-4.5M3.5 16l8.5 4.5 8.5-4.5" />,
  route: (
    <>
      <circle cx="5.25" cy="18.25" r="2.25" />
      <circle cx="18.75" cy="5.75" r="2.25" />
      <path d="M7.5 18.25H15a3.125 3.125 0 0 0 0-6.25H9a3.125 3.125 0 0 1 0-6.25h7.5" />
    </>
  ),
  prefix: (
    <>
      <rect x="3" y="7.5" width="18" height="9" rx="1.5" />
      <path d="M4.5 7.5H13v9H4.5A1.5 1.5 0 0 1 3 15V9a1.5 1.5 0 0 1 1.5-1.5z" fill="currentColor" />
    </>
  ),
  db: (
    <>
      <ellipse cx="12" cy="6" rx="8" ry="3" />
      <path d="M4 6v12c0 1.66 3.58 3 8 3s8-1.34 8-3V6M4 12c0 1.66 3.58 3 8 3s8-1.34 8-3" />
    </>
  ),
  ct: (
    <>
      <circle cx="4.75" cy="12" r="2" />
      <circle cx="19.25" cy="12" r="2" />
      <path d="M8.5 9h7.5M13.5 6.5 16 9M15.5 15H8M10.5 17.5 8 15" />
    </>
  ),
  packet: (
    <>
      <rect x="3" y="6" width="18" height="12" rx="1.5" />
      <path d="M4.5 6H8v12H4.5A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6z" fill="currentColor" />
      <path d="M12.5 6v12" />
    </>
  ),
  drop: (
    <>
      <path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z" />
      <path d="M9 9l6 6M15 9l-6 6" />
    </>
  ),
  over: (
    <>
      <path d="M3.5 13.5a8.5 8.5 0 0 1 15.75-3.25M20 5v5.5h-5.5" />
      <circle cx="12" cy="18" r="2" fill="currentColor" />
    </>
  ),
  into: (
    <>
      <path d="M12 3v9.5M7.75 8.5 12 12.75l4.25-4.25" />
      <circle cx="12" cy="18.5" r="2" fill="currentColor" />
    </>
  ),
  out: (
    <>
      <path d="M12 13V3.5M7.75 7.5 12 3.25l4.25 4.25" />
      <circle cx="12" cy="18.5" r="2" fill="currentColor" />
    </>
  ),
  back: (
    <>
      <path d="M20.5 13.5A8.5 8.5 0 0 0 4.75 10.25M4 5v5.5h5.5" />
      <circle cx="12" cy="18" r="2" fill="currentColor" />
    </>
  ),
  play: <path d="M7 4.75v14.5L19 12z" fill="currentColor" />,
  end: (
    <>
      <path d="M5 5v14l10-7z" />
      <path d="M19 5v14" />
    </>
  ),
  bp: (
    <>
      <circle cx="12" cy="12" r="8.75" />
      <circle cx="12" cy="12" r="4.75" fill="currentColor" />
    </>
  ),
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="M15.5 15.5 21 21" />
    </>
  ),
  chev: <path d="M9 6l6 6-6 6" />,
  chevd: <path d="M6 9l6 6 6-6" />,
  export: <path d="M12 14V3.5M8 7.25l4-4 4 4M4 14v5a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 19v-5" />,
  share: (
    <path d="M9.5 14.5l5-5M10.5 7.5l2.25-2.25a4.25 4.25 0 0 1 6 6L16.5 13.5M13.5 16.5l-2.25 2.25a4.25 4.25 0 0 1-6-6L7.5 10.5" />
  ),
  open: (
    <path d="M3.5 18V6A1.5 1.5 0 0 1 5 4.5h4.5l2 2.5H19a1.5 1.5 0 0 1 1.5 1.5V18a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 18z" />
  ),
  undo: <path d="M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3" />,
  redo: <path d="M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h3" />,
  check: <path d="M4.5 12.5 10 18 19.5 6.5" />,
  cross: <path d="M6 6l12 12M18 6 6 18" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  fit: <path d="M4 9V4.5h4.5M20 9V4.5h-4.5M4 15v4.5h4.5M20 15v4.5h-4.5" />,
  filter: <path d="M4 5h16l-6.25 7.5V19l-3.5-2v-4.5z" />,
  pin: <path d="M9 4h6l-1 6 3 3H7l3-3zM12 13v7" />,
  theme: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor" />
    </>
  ),
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  warn: <path d="M12 4 21 19.5H3zM12 10v4.5M12 17h.01" />,
  term: <path d="M5 7l5 5-5 5M12 18h7" />,
  copy: (
    <>
      <rect x="8.5" y="8.5" width="12" height="12" rx="1.5" />
      <path d="M15.5 8.5V5A1.5 1.5 0 0 0 14 3.5H5A1.5 1.5 0 0 0 3.5 5v9A1.5 1.5 0 0 0 5 15.5h3.5" />
    </>
  ),
  question: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.75h.01" />
    </>
  ),
  pause: <path d="M8 5v14M16 5v14" strokeWidth="2.5" />,
  stop: <rect x="6" y="6" width="12" height="12" rx="1.5" fill="currentColor" />,
  save: <path d="M12 3.5V14M8 10.25l4 4 4-4M4 15v4a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 19v-4" />,
  more: <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" strokeWidth="2.5" />,
  ping: (
    <>
      <circle cx="5.5" cy="12" r="2.25" fill="currentColor" />
      <path d="M9.5 8.5h9M16 6l2.5 2.5L16 11M18.5 15.5h-9M12 13l-2.5 2.5L12 18" />
    </>
  ),
  keys: (
    <>
      <rect x="2.5" y="6" width="19" height="12" rx="1.5" />
      <path d="M6 9.5h.01M9.5 9.5h.01M13 9.5h.01M16.5 9.5h.01M7.75 14.5h8.5" />
    </>
  ),
  file: (
    <path d="M6 3.5h8l4.5 4.5v11A1.5 1.5 0 0 1 17 20.5H6.5A1.5 1.5 0 0 1 5 19V5a1.5 1.5 0 0 1 1.5-1.5M13.5 3.5V8.5h5" />
  ),
  table: (
    <>
      <rect x="3" y="4.5" width="18" height="15" rx="1.5" />
      <path d="M3 9.5h18M3 14.5h18M9.5 9.5v10" />
    </>
  ),
  erase: (
    <path d="M9 19.5h11M4.2 14.3l8.5-8.5a1.5 1.5 0 0 1 2.1 0l4.9 4.9a1.5 1.5 0 0 1 0 2.1L13 19.5H8.6l-4.4-4.4a.6.6 0 0 1 0-.8zM8.5 10l6.5 6.5" />
  ),
  eye: (
    <>
      <path d="M2.5 12S6 5.75 12 5.75 21.5 12 21.5 12 18 18.25 12 18.25 2.5 12 2.5 12z" />
      <circle cx="12" cy="12" r="2.5" />
    </>
  ),
  segment: <path d="M3 15h18M7 15V9M12 15v4M17 15V9" />,
} satisfies Record<string, ReactNode>;

/** Name of a glyph. */
export type GlyphName = keyof typeof GLYPHS;
