/** One machine's terminal: the screen, the line being typed, and the lines waiting to run, one after another. */
import type { Terminal } from '@xterm/xterm';
import type { FitAddon } from '@xterm/addon-fit';
import { failureOf, type Session } from '../engine/session.ts';
import { emptyLine, insert, press, type LineState } from './line-editor.ts';
import { commonStart, goesOn, inColumns, promptOf, withoutPrompt } from './shell-text.ts';
import type { Screens } from './screens.ts';
import { screenTheme } from './screen-theme.ts';

/** The element that tells how the keyboard leaves the terminal. */
export const WAY_OUT = 'terminal-way-out';

const HOME = '/root';
const CONTINUED = '> ';
/** Ctrl+D, and the line by which the engine knows it. */
const END_OF_INPUT = '\x04';

const nothing = (): void => undefined;
const waiting = (line: string): { readonly line: string; readonly done: () => void } => ({
  line,
  done: nothing,
});

export interface TerminalParts {
  readonly host: string;
  readonly session: Session;
  readonly screens: Screens;
  /** Told after each line that has run. */
  readonly onRan: () => void;
}

export class TerminalSession {
  readonly host: string;
  readonly #session: Session;
  readonly #screens: Screens;
  readonly #onRan: () => void;
  readonly #listeners = new Set<() => void>();
  #terminal: Terminal | null = null;
  #fit: FitAddon | null = null;
  #opening: Promise<void> | null = null;
  #line: LineState;
  /** Lines before the one being typed that belong to the same command. */
  #begun = '';
  /** Whose shell reads the lines, and where it is. */
  #machine: string;
  #directory = HOME;
  /** Of the program that holds the terminal; null at the shell. */
  #held: string | null = null;
  /** The shell's history, while a program has one of its own. */
  #shellHistory: readonly string[] = [];
  #waiting: { readonly line: string; readonly done: () => void }[] = [];
  #running: AbortController | null = null;
  /** Row of the cursor below the prompt's first row, as last drawn. */
  #cursorRow = 0;
  #typedAhead = '';
  #listed = '';
  /** The focus is to come here with the screen. */
  #wanted = false;
  #closed = false;

  constructor({ host, session, screens, onRan }: TerminalParts, history: readonly string[]) {
    this.host = host;
    this.#machine = host;
    this.#session = session;
    this.#screens = screens;
    this.#onRan = onRan;
    this.#line = emptyLine(history);
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts the screen into `element`; the widget itself is loaded with the first one. Rejects where it does not come. */
  async attach(element: HTMLElement): Promise<void> {
    // What did not come is asked for again with the next.
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    await this.#opening;
    const terminal = this.#terminal;
    if (!terminal || this.#closed) return;
    if (terminal.element) element.replaceChildren(terminal.element);
    else terminal.open(element);
    terminal.textarea?.setAttribute('aria-label', `Terminal of ${this.host}`);
    terminal.textarea?.setAttribute('aria-describedby', WAY_OUT);
    this.fit();
    if (this.#wanted) this.focus();
  }

  fit(): void {
    if (this.#terminal?.element?.isConnected && this.#terminal.element.clientHeight > 0) this.#fit?.fit();
  }

  /** Now, or once the screen is there. */
  focus(): void {
    this.#wanted = this.#terminal?.textarea?.isConnected !== true;
    this.#terminal?.focus();
  }

  /** Takes the page's colours again. */
  recolour(): void {
    const { element } = this.#terminal ?? {};
    if (this.#terminal && element) this.#terminal.options.theme = screenTheme(element);
  }

  /** Types `text` at the prompt, as if by hand; complete lines run, one after another. */
  type(text: string): void {
    this.#paste(text.replaceAll(/\r\n?/g, '\n'));
  }

  /** Runs a line as if typed, after those that wait; what is half typed comes back afterwards. Resolves when it has ended. */
  run(line: string): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ line, done });
      if (this.#running) return;
      this.#typedAhead = this.#line.text;
      this.#line = emptyLine(this.#line.history);
      this.#next();
    });
  }

  /** Everything on the screen, as text. */
  text(): string {
    const buffer = this.#terminal?.buffer.active;
    if (!buffer) return this.#screens.get(this.host);
    const lines: string[] = [];
    for (let at = 0; at < buffer.length; at += 1) {
      const line = buffer.getLine(at);
      const text = line?.translateToString(true) ?? '';
      if (line?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
      else lines.push(text);
    }
    return lines.join('\n').trimEnd();
  }

  interrupt(): void {
    if (this.#running) this.#running.abort();
    else this.#key('\x03');
    for (const { done } of this.#waiting.splice(0)) done();
  }

  clear(): void {
    this.#screens.clear(this.host);
    this.#terminal?.clear();
    if (!this.#running) this.#draw();
  }

  close(): void {
    this.#closed = true;
    this.#running?.abort();
    this.#terminal?.dispose();
    this.#terminal = null;
  }

  async #open(): Promise<void> {
    const [{ Terminal }, { FitAddon }] = await Promise.all([
      import('@xterm/xterm'),
      import('@xterm/addon-fit'),
      import('@xterm/xterm/css/xterm.css'),
    ]);
    await this.#learnPrompt();
    if (this.#closed) return;
    const terminal = new Terminal({
      convertEol: true,
      cursorBlink: false,
      cursorStyle: 'bar',
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
      fontSize: 12,
      lineHeight: 1.25,
      scrollback: 20_000,
      screenReaderMode: true,
      theme: screenTheme(document.documentElement),
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
    });
    this.#fit = new FitAddon();
    terminal.loadAddon(this.#fit);
    terminal.attachCustomKeyEventHandler((event) => this.#ownKey(terminal, event));
    terminal.onData((data) => this.#data(data));
    terminal.onResize(({ cols }) => {
      // The widget has wrapped the line anew: the cursor stands in another row of it.
      this.#cursorRow = Math.floor((this.#prompt().length + this.#line.cursor) / Math.max(1, cols));
      if (!this.#running) this.#draw();
    });
    this.#terminal = terminal;
    terminal.write(this.#screens.get(this.host));
    if (!this.#running) this.#draw();
  }

  /** A document that was opened may have left the terminal in another directory, or in a program. */
  async #learnPrompt(): Promise<void> {
    const asked = this.#session.call('prompt', { host: this.host });
    const { machine, directory, prompt } = await asked.catch(() => ({
      machine: this.host,
      directory: HOME,
      prompt: null,
    }));
    if (this.#running) return;
    this.#machine = machine;
    this.#directory = directory;
    this.#hold(prompt);
  }

  /** A program takes the terminal, prompts anew or gives it back: each keeps a history of its own. */
  #hold(prompt: string | null): void {
    const { history } = this.#line;
    if (this.#held === null && prompt !== null) {
      this.#shellHistory = history;
      this.#line = emptyLine([]);
    } else if (this.#held !== null && prompt === null) {
      this.#line = emptyLine(this.#shellHistory);
    }
    this.#held = prompt;
  }

  /** False for keys that the page or the clipboard takes. */
  #ownKey(terminal: Terminal, event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    const key = event.key.toLowerCase();
    if (event.ctrlKey && key === 'c' && (event.shiftKey || terminal.hasSelection())) {
      void navigator.clipboard?.writeText(terminal.getSelection());
      terminal.clearSelection();
      event.preventDefault();
      return false;
    }
    // The browser pastes.
    if (event.ctrlKey && key === 'v') return false;
    // Step keys, panel keys and leaving the terminal stay with the page: Tab completes only what was begun.
    const leaves = key === 'tab' && (event.shiftKey || this.#isEmpty());
    return !(/^f\d+$/.test(key) || (event.altKey && /^Digit\d$/.test(event.code)) || leaves);
  }

  /** Whether nothing is half typed. */
  #isEmpty(): boolean {
    if (this.#running) return this.#typedAhead === '';
    return this.#line.text === '' && this.#line.search === null;
  }

  #data(data: string): void {
    if (data.length > 1 && !data.startsWith('\x1b') && /[\r\n]/.test(data))
      this.#paste(data.replaceAll(/\r\n?/g, '\n'));
    else if (this.#running) this.#keyWhileRunning(data);
    else this.#key(data);
  }

  #keyWhileRunning(data: string): void {
    if (data === '\x03') {
      this.#write('^C');
      this.interrupt();
    } else {
      this.#typedAhead += data;
    }
  }

  #paste(text: string): void {
    const lines = text.split('\n').map((line) => withoutPrompt(line, this.#held !== null));
    const last = lines.pop() ?? '';
    if (this.#running) {
      this.#waiting.push(...lines.map(waiting));
      this.#typedAhead += last;
      return;
    }
    const [first, ...others] = lines;
    if (first === undefined) {
      this.#line = insert(this.#line, last);
      this.#draw();
      return;
    }
    this.#waiting.push(...others.map(waiting));
    this.#typedAhead = last;
    this.#line = insert(this.#line, first);
    this.#draw();
    this.#enter();
  }

  #key(data: string): void {
    for (const key of data.startsWith('\x1b') ? [data] : data) {
      if (this.#held !== null && this.#line.text === '' && key === END_OF_INPUT) {
        this.#commit('\n');
        void this.#run(END_OF_INPUT);
        return;
      }
      if (this.#held !== null && key === '?') {
        this.#commit('?\n');
        void this.#list();
        return;
      }
      const { state, effect } = press(this.#line, key);
      this.#line = state;
      if (effect !== 'complete') this.#listed = '';
      switch (effect) {
        case 'enter':
          this.#draw();
          this.#enter();
          return;
        case 'complete':
          void this.#complete();
          return;
        case 'interrupt':
          this.#draw();
          this.#commit('^C\n');
          this.#begun = '';
          this.#line = emptyLine(this.#line.history);
          break;
        case 'clear':
          this.clear();
          return;
        case 'none':
      }
    }
    this.#draw();
  }

  #enter(done: () => void = nothing): void {
    const { text, history } = this.#line;
    const whole = this.#begun === '' ? text : `${this.#begun}\n${text}`;
    this.#line = { ...this.#line, cursor: text.length };
    this.#draw();
    this.#commit('\n');
    if (this.#held === null && goesOn(whole)) {
      this.#begun = whole;
      this.#line = emptyLine(history);
      done();
      this.#next();
      return;
    }
    this.#begun = '';
    const kept = whole.replaceAll('\\\n', '');
    const skip = whole.trim() === '' || kept.includes('\n') || history.at(-1) === kept;
    this.#line = emptyLine(skip ? history : [...history, kept]);
    if (whole.trim() === '') {
      done();
      this.#next();
    } else {
      void this.#run(whole).then(done);
    }
  }

  async #run(line: string): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#tell();
    let column = 0;
    const onOutput = (_stream: 'out' | 'err', text: string): void => {
      if (text === '') return;
      column = text.endsWith('\n') ? 0 : 1;
      this.#write(text);
    };
    try {
      const { machine, directory, prompt } = await this.#session.call(
        'exec',
        { host: this.host, line },
        { signal: running.signal, onOutput },
      );
      this.#machine = machine;
      this.#directory = directory;
      this.#hold(prompt);
    } catch (error) {
      const { message, cancelled } = failureOf(error);
      if (column !== 0 || cancelled) this.#write('\n');
      column = 0;
      if (!cancelled) this.#write(`hopscope: ${message}\n`);
    }
    if (column !== 0) this.#write('\n');
    this.#running = null;
    if (this.#closed) return;
    this.#tell();
    this.#onRan();
    this.#next();
  }

  /** The next waiting line, or the prompt with what was typed meanwhile. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#line = insert(this.#line, next.line);
      this.#draw();
      this.#enter(next.done);
      return;
    }
    const ahead = this.#typedAhead;
    this.#typedAhead = '';
    this.#draw();
    if (ahead !== '') this.#key(ahead);
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#line;
    const line = this.#begun === '' ? text : `${this.#begun} ${text}`;
    const shift = line.length - text.length;
    const answer = await this.#session
      .call('complete', { host: this.host, line, cursor: cursor + shift })
      .catch(() => ({ from: cursor + shift, candidates: [] }));
    if (this.#line.text !== text || this.#line.cursor !== cursor || this.#running) return;
    const [only, ...others] = answer.candidates;
    if (only === undefined) return;
    const from = Math.max(0, answer.from - shift);
    const start =
      others.length === 0 ? only + (/[/=:]$/.test(only) ? '' : ' ') : commonStart(answer.candidates);
    if (start.length > cursor - from) {
      this.#line = insert(
        { ...this.#line, text: text.slice(0, from) + text.slice(cursor), cursor: from },
        start,
      );
      this.#draw();
    } else if (others.length > 0 && this.#listed === text) {
      this.#commit(`\n${inColumns(answer.candidates, this.#terminal?.cols ?? 80)}\n`);
      this.#draw();
    }
    this.#listed = this.#line.text;
  }

  /** What may follow, as vtysh answers a question mark; the line stays as it was. */
  async #list(): Promise<void> {
    const { text, cursor } = this.#line;
    const asked = this.#session.call('complete', { host: this.host, line: text, cursor });
    const { candidates } = await asked.catch(() => ({ candidates: [] }));
    const lines = candidates.length === 0 ? '% There is no matched command.\n' : '';
    this.#write(`${lines}${candidates.map((word) => `  ${word}\n`).join('')}`);
    this.#draw();
  }

  #prompt(): string {
    const { search } = this.#line;
    if (search !== null) return `(reverse-i-search)\`${search}': `;
    if (this.#held !== null) return this.#held;
    return this.#begun === '' ? promptOf(this.#machine, this.#directory) : CONTINUED;
  }

  /** Draws the line being typed again, over the rows that it took before. */
  #draw(): void {
    const terminal = this.#terminal;
    if (!terminal) return;
    const { text, cursor } = this.#line;
    const columns = Math.max(1, terminal.cols);
    const prompt = this.#prompt();
    const before = prompt.length + cursor;
    const whole = prompt.length + text.length;
    const up = this.#cursorRow > 0 ? `\x1b[${this.#cursorRow}A` : '';
    // A full last row leaves the cursor on it until the next character: a space and a return move it on.
    const wrap = whole > 0 && whole % columns === 0 ? ' \r' : '';
    const rowsBelow = Math.floor(whole / columns) - Math.floor(before / columns);
    const back = `${rowsBelow > 0 ? `\x1b[${rowsBelow}A` : ''}\r${before % columns > 0 ? `\x1b[${before % columns}C` : ''}`;
    terminal.write(`${up}\r\x1b[J${prompt}${text}${wrap}${back}`);
    this.#cursorRow = Math.floor(before / columns);
  }

  /** The line as drawn becomes part of what was shown, followed by `text`. */
  #commit(text: string): void {
    const columns = Math.max(1, this.#terminal?.cols ?? 80);
    const whole = this.#prompt().length + this.#line.text.length;
    const below = Math.floor(whole / columns) - this.#cursorRow;
    this.#screens.append(this.host, `${this.#prompt()}${this.#line.text}${text}`);
    this.#terminal?.write(
      `${below > 0 ? `\x1b[${below}B` : ''}\r${whole % columns > 0 ? `\x1b[${whole % columns}C` : ''}${text}`,
    );
    this.#cursorRow = 0;
  }

  #write(text: string): void {
    this.#screens.append(this.host, text);
    this.#terminal?.write(text);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
