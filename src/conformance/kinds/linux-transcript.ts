/** What the recordings of kind `linux` hold: the transcript of a case and the outputs that were kept of it. */
import { fromHex } from '../../core/base/bytes.ts';
import type { GoldenFolder } from '../runner.ts';

/** A command and all that it printed. */
export interface CommandEvent {
  readonly kind: 'command';
  readonly host: string;
  readonly command: string;
  readonly output: string;
}

/** What happens in a case, in order. */
export type Event =
  | CommandEvent
  | { readonly kind: 'inject'; readonly host: string; readonly device: string; readonly octets: Uint8Array }
  | { readonly kind: 'wait'; readonly seconds: number };

/** Whether a quotation goes on in the next line. */
const isOpenQuoted = (command: string): boolean =>
  command.startsWith('python3 ') && (command.split('"').length - 1) % 2 === 1;

/** The events of `setup.txt`; `hosts` are the names that a prompt may have. */
export function readTranscript(text: string, hosts: ReadonlySet<string>): Event[] {
  const events: Event[] = [];
  let command: { host: string; command: string; output: string[] } | null = null;
  const finish = (): void => {
    if (command !== null)
      events.push({
        kind: 'command',
        host: command.host,
        command: command.command,
        output: command.output.join('\n'),
      });
    command = null;
  };
  for (const line of text.split('\n')) {
    const match = /^(\S+)# (.*)$/.exec(line);
    if (match !== null && hosts.has(match[1] as string)) {
      finish();
      const [, host = '', rest = ''] = match;
      const injected = /^# inject on (\S+): ([0-9a-f]+)/.exec(rest);
      if (injected !== null)
        events.push({
          kind: 'inject',
          host,
          device: injected[1] as string,
          octets: fromHex(injected[2] as string) ?? new Uint8Array(0),
        });
      else command = { host, command: rest, output: [] };
      continue;
    }
    if (command !== null && isOpenQuoted(command.command)) {
      command.command += `\n${line}`;
      continue;
    }
    const wait = /^# wait ([\d.]+) s/.exec(line);
    if (wait !== null) {
      finish();
      events.push({ kind: 'wait', seconds: Number(wait[1]) });
      continue;
    }
    if (line.startsWith('# ')) {
      finish();
      continue;
    }
    (command as { output: string[] } | null)?.output.push(line);
  }
  finish();
  return events;
}

/** An output that was kept. */
export interface Expected {
  readonly file: string;
  readonly host: string;
  readonly command: string;
  readonly output: string;
}

/** The outputs of a case, in the order of their file names. */
export function readOutputs(folder: GoldenFolder, path: string): Expected[] {
  return folder.list(`${path}/outputs`).flatMap((file) => {
    const text = folder.text(`${path}/outputs/${file}`);
    const match = /^(\S+)# (python3 -c "[^"]*"|[^\n]*)\n?/.exec(text);
    return match === null
      ? []
      : [
          {
            file,
            host: match[1] as string,
            command: match[2] as string,
            output: text.slice(match[0].length),
          },
        ];
  });
}
