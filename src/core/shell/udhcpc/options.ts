/** The command line of udhcpc (BusyBox 1.35). */
import { err, ok, type Result } from '../../base/result.ts';
import { parseIpv4 } from '../../base/address.ts';

export interface UdhcpcOptions {
  device: string;
  /** How many questions before it gives up for a while. */
  tries: number;
  /** Seconds between two, and after the last. */
  pause: number;
  again: number;
  /** What it does when no lease comes. */
  without: 'wait' | 'exit' | 'background';
  quits: boolean;
  foreground: boolean;
  broadcastReplies: boolean;
  clientId: boolean;
  vendor: string;
  requested: number | null;
}

const WITH_VALUE = 'itTArVspxOF';
const NOT_MODELLED = 'spxOFoSaR';

export const UDHCPC_VERSION = '1.35.0';

/** The error is what it prints before it ends with 1. */
export function parseUdhcpc(argv: readonly string[]): Result<UdhcpcOptions> {
  const options: UdhcpcOptions = {
    device: 'eth0',
    tries: 3,
    pause: 3,
    again: 20,
    without: 'wait',
    quits: false,
    foreground: false,
    broadcastReplies: false,
    clientId: true,
    vendor: `udhcp ${UDHCPC_VERSION}`,
    requested: null,
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!/^-[a-zA-Z]/.test(word)) return err(`udhcpc: the word ${word} is not modelled\n`);
    for (let letterAt = 1; letterAt < word.length; letterAt += 1) {
      const letter = word.charAt(letterAt);
      let value = '';
      if (WITH_VALUE.includes(letter)) {
        const rest = word.slice(letterAt + 1);
        const next = rest === '' ? argv[(at += 1)] : rest;
        if (next === undefined) return err(`udhcpc: option requires an argument -- '${letter}'\n`);
        value = next;
        letterAt = word.length;
      }
      if (NOT_MODELLED.includes(letter)) return err(`udhcpc: the option -${letter} is not modelled\n`);
      const problem = take(options, letter, value);
      if (problem !== null) return err(problem);
    }
  }
  return ok(options);
}

function take(options: UdhcpcOptions, letter: string, value: string): string | null {
  const number = /^\d+$/.test(value) ? Number(value) : undefined;
  switch (letter) {
    case 'i':
      options.device = value;
      return null;
    case 't':
    case 'T':
    case 'A':
      if (number === undefined) return `udhcpc: invalid number '${value}'\n`;
      if (letter === 't') options.tries = number;
      else if (letter === 'T') options.pause = number;
      else options.again = number;
      return null;
    case 'n':
      options.without = 'exit';
      return null;
    case 'b':
      options.without = 'background';
      return null;
    case 'q':
      options.quits = true;
      return null;
    case 'f':
      options.foreground = true;
      return null;
    case 'B':
      options.broadcastReplies = true;
      return null;
    case 'C':
      options.clientId = false;
      return null;
    case 'V':
      options.vendor = value;
      return null;
    case 'r': {
      const address = parseIpv4(value);
      if (address === undefined) return `udhcpc: bad address '${value}'\n`;
      options.requested = address;
      return null;
    }
    default:
      return `udhcpc: invalid option -- '${letter}'\n`;
  }
}
