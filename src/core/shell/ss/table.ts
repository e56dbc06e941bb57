/** The columns of ss: each as wide as its widest text, some filled from the left, some from the right (`render`). */

/** One socket's texts, in the order of the columns. */
export interface Row {
  readonly netid: string;
  readonly state: string;
  readonly receive: string;
  readonly send: string;
  readonly local: string;
  readonly localPort: string;
  readonly peer: string;
  readonly peerPort: string;
  readonly process: string;
}

interface Column {
  readonly key: keyof Row;
  readonly header: string;
  /** Before the column, unless it is the first of its line. */
  readonly gap: string;
  readonly isRight: boolean;
}

const COLUMNS: readonly Column[] = [
  { key: 'netid', header: 'Netid', gap: '', isRight: false },
  { key: 'state', header: 'State', gap: ' ', isRight: false },
  { key: 'receive', header: 'Recv-Q', gap: ' ', isRight: false },
  { key: 'send', header: 'Send-Q', gap: ' ', isRight: false },
  { key: 'local', header: 'Local Address:', gap: ' ', isRight: true },
  { key: 'localPort', header: 'Port', gap: '', isRight: false },
  { key: 'peer', header: 'Peer Address:', gap: ' ', isRight: true },
  { key: 'peerPort', header: 'Port', gap: '', isRight: false },
  { key: 'process', header: 'Process', gap: '', isRight: false },
];

/** The whole text. `hidden` columns are those that would say the same of every socket. */
export function renderTable(
  rows: readonly Row[],
  hidden: ReadonlySet<keyof Row>,
  withHeader: boolean,
): string {
  const columns = COLUMNS.filter(({ key }) => !hidden.has(key));
  const lines = rows.map((row) => columns.map(({ key }) => row[key]));
  if (withHeader) lines.unshift(columns.map(({ header }) => header));
  const widths = columns.map((_, at) => Math.max(0, ...lines.map((line) => (line[at] as string).length)));
  return lines
    .map((line) => {
      const parts = columns.map(({ gap, isRight }, at) => {
        const text = line[at] as string;
        const width = widths[at] as number;
        const before = at === 0 || width === 0 ? '' : gap;
        // Where processes are named the last column is not filled up.
        const isOpen =
          at === columns.length - 1 && lines.some((other) => (other[at] ?? '').startsWith(' users:'));
        return before + (isRight ? text.padStart(width) : isOpen ? text : text.padEnd(width));
      });
      return `${parts.join('')}\n`;
    })
    .join('');
}
