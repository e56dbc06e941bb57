/**
 * One vtysh: the node where it stands, and what becomes of the lines typed into it. A line that the node does not
 * know is tried in the nodes around it, as vtysh does. Exec commands are somebody else's: `exec` answers them.
 */
import type { Unsupported } from '../../base/result.ts';
import type { ConfigEnvironment, Position, Reply } from './command.ts';
import type { ConfigChange, FrrConfig } from './frr-config.ts';
import type { Language, ExecAnswer } from './language.ts';
import type { Args } from './match.ts';
import { NODES } from './nodes.table.ts';
import { isWithoutEffect } from './not-acting.ts';
import { writeRunningConfig } from './write/running-config.ts';

type LineStatus =
  | 'ok'
  | 'warning'
  | 'failed'
  | 'unknown'
  | 'ambiguous'
  | 'incomplete'
  | 'unsupported'
  | 'quit';

/** What one line did: the text on the screen, and whether a script goes on. */
export interface LineResult {
  readonly text: string;
  readonly status: LineStatus;
  readonly unsupported?: Unsupported;
}

/** The daemons behind the terminal. */
export interface VtyTarget {
  readonly config: FrrConfig;
  readonly environment: ConfigEnvironment;
  changed(change: ConfigChange): void;
}

/** The position around one; null outside the configuration. */
function parentOf(position: Position): Position | null {
  const node = NODES[position.node].parent;
  if (node === null) return null;
  if (node === 'bgp-evpn') return { node, vrf: position.vrf ?? 'default', family: 'l2vpn-evpn' };
  if (node === 'interface') return { ...position, node };
  return node === 'bgp' ? { node, vrf: position.vrf ?? 'default' } : { node };
}

/** The words of a line; none for a comment or an empty line. */
function splitLine(line: string): string[] {
  const words = line.split(/[ \t\n\r\f\v]+/).filter((word) => word !== '');
  return words[0]?.startsWith('!') || words[0]?.startsWith('#') ? [] : words;
}

const COMPLAINTS = {
  unknown: '% Unknown command',
  ambiguous: '% Ambiguous command',
  incomplete: '% Command incomplete',
} as const;

export class VtySession {
  readonly #language: Language;
  readonly #target: VtyTarget;
  readonly #exec: (answer: ExecAnswer) => Reply;
  #position: Position = { node: 'enable' };
  #readsFile = false;

  constructor(language: Language, target: VtyTarget, exec: (answer: ExecAnswer) => Reply) {
    this.#language = language;
    this.#target = target;
    this.#exec = exec;
  }

  get nodeNumber(): number {
    return NODES[this.#position.node].number;
  }

  /** `r1(config-router)# ` */
  get prompt(): string {
    return `${this.#target.config.hostname}${NODES[this.#position.node].prompt}# `;
  }

  /** Opens the configuration, as reading a file does: daemons that do not run are passed over without a word from now on. */
  configure(): void {
    this.#readsFile = true;
    this.#position = { node: 'config' };
  }

  /** Runs one line and moves to the node where it belongs. */
  execute(line: string): LineResult {
    const words = splitLine(line);
    if (words.length === 0) return { text: '', status: 'ok' };
    if (words[0] === 'do' && this.#position.node !== 'enable')
      return this.#tryAt({ node: 'enable' }, words.slice(1), line, this.#position);
    let result = this.#tryAt(this.#position, words, line, null);
    if (result.status !== 'unknown') return result;
    const first = result;
    for (let at = parentOf(this.#position); at !== null && at.node !== 'enable'; at = parentOf(at)) {
      result = this.#tryAt(at, words, line, null);
      if (result.status !== 'unknown') return result;
    }
    return first;
  }

  /**
   * Keywords that the last word of a line begins, or that may follow a line with a space at its end. Names and numbers that
   * a command takes are not listed. Nothing when what stands before is no command.
   */
  complete(line: string): readonly string[] {
    const words = splitLine(line);
    const begun = /\S$/.test(line) ? (words.pop() ?? '') : '';
    if (words[0] !== 'do' || this.#position.node === 'enable')
      return this.#language.following(this.#position.node, words, begun);
    return this.#language.following('enable', words.slice(1), begun);
  }

  /** `stay`: where to be afterwards whatever the line says. */
  #tryAt(position: Position, words: readonly string[], line: string, stay: Position | null): LineResult {
    if (words.length === 0) return { text: `${COMPLAINTS.incomplete}: ${line}\n`, status: 'incomplete' };
    const match = this.#language.match(position.node, words);
    if (match.kind !== 'command') return { text: `${COMPLAINTS[match.kind]}: ${line}\n`, status: match.kind };
    const { command, args } = match;
    switch (command.kind) {
      case 'vtysh':
        return this.#builtIn(command.action, position, args);
      case 'unsupported':
        // What is typed next belongs inside, or to the outer node that knew the line.
        this.#position = stay ?? { ...position, node: command.opens ?? position.node };
        return this.#unsupported({ kind: 'unsupported', feature: line.trim(), where: 'FRR' });
      case 'absent':
        if (!this.#readsFile)
          return {
            text: command.daemons.map((daemon) => `${daemon} is not running\n`).join(''),
            status: 'failed',
          };
        this.#position = { ...position, node: command.opens ?? position.node };
        return { text: '', status: 'ok' };
      case 'exec':
        return this.#finish(this.#exec({ command: command.command, args }), stay ?? position);
      case 'config': {
        let isIdle = false;
        const reply = command.command.apply(
          {
            config: this.#target.config,
            environment: this.#target.environment,
            readsFile: this.#readsFile,
            position,
            changed: (change) => {
              isIdle ||= isWithoutEffect(change);
              this.#target.changed(change);
            },
          },
          args,
        );
        const result = this.#finish(reply, position);
        if (!isIdle || result.status !== 'ok' || words[0] === 'no') return result;
        return this.#unsupported({ kind: 'unsupported', feature: line.trim(), where: 'FRR' });
      }
    }
  }

  #finish(reply: Reply, position: Position): LineResult {
    if (reply.unsupported) return this.#unsupported(reply.unsupported);
    const status = reply.status ?? 'ok';
    if (status !== 'failed') this.#position = reply.enter ?? position;
    return { text: reply.text ?? '', status };
  }

  #unsupported(unsupported: Unsupported): LineResult {
    return {
      text: `% Not modelled: ${unsupported.feature}\n`,
      status: 'unsupported',
      unsupported,
    };
  }

  #builtIn(action: VtyshAction, position: Position, args: Args): LineResult {
    const done: LineResult = { text: '', status: 'ok' };
    switch (action) {
      case 'configure':
        this.#position = { node: 'config' };
        return done;
      case 'end':
        this.#position = { node: 'enable' };
        return done;
      case 'exit': {
        const parent = parentOf(position);
        if (parent === null) return { text: '', status: 'quit' };
        this.#position = parent;
        return done;
      }
      case 'nothing':
        return done;
      case 'running-config':
        return {
          text: writeRunningConfig(this.#target.config, this.#target.environment, {
            hasHeader: !args.has('no-header'),
            daemon: args.find('daemon') ?? null,
          }),
          status: 'ok',
        };
      case 'list':
        return {
          text: this.#language
            .syntaxes(position.node)
            .map((syntax) => `    ${syntax}\n`)
            .join(''),
          status: 'ok',
        };
    }
  }
}

/** What vtysh itself does. */
export type VtyshAction = 'configure' | 'end' | 'exit' | 'nothing' | 'running-config' | 'list';
