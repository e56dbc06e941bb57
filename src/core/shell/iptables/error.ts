/** How iptables ends when a command line or the kernel refuses: text and status (`xtables_error`). */

export const VERSION = 'iptables v1.8.9 (nf_tables)';

/** Thrown where the program ends, caught where it began; nothing else is thrown. */
export class IptablesEnd extends Error {
  readonly text: string;
  readonly status: number;

  constructor(text: string, status: number) {
    super(text);
    this.text = text;
    this.status = status;
  }
}

/** A wrong command line: 2. */
export const misuse = (text: string): never => {
  throw new IptablesEnd(
    `${VERSION}: ${text}\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
    2,
  );
};

/** What the real program does and this one does not: 1. */
export const unmodelled = (text: string): never => {
  throw new IptablesEnd(`iptables: ${text} is not modelled\n`, 1);
};

/** A refusal that has a text of its own: 1. */
export const refusal = (text: string): never => {
  throw new IptablesEnd(`iptables: ${text}\n`, 1);
};

/** A refusal of nf_tables: 4. */
export const kernelRefusal = (text: string): never => {
  throw new IptablesEnd(`${VERSION}:  ${text}\n`, 4);
};
