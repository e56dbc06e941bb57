/** Output that is text or JSON, as iproute2 prints both from one description of the fields. */

type Scalar = string | number | bigint | boolean | null;

/** iproute2's JSON layout, compact or (`-p`) with its own indentation. */
class JsonText {
  readonly #pretty: boolean;
  #text = '';
  #depth = 0;
  #separator = '';

  constructor(pretty: boolean) {
    this.#pretty = pretty;
  }

  get text(): string {
    return this.#text;
  }

  name(name: string): void {
    this.#endRecord();
    this.#endLine();
    this.#separator = '';
    this.#text += `${JSON.stringify(name)}:${this.#pretty ? ' ' : ''}`;
  }

  value(value: Scalar): void {
    this.#endRecord();
    this.#text += typeof value === 'string' ? JSON.stringify(value) : String(value);
  }

  /** A number with the digits that are to be shown. */
  raw(text: string): void {
    this.#endRecord();
    this.#text += text;
  }

  open(bracket: '{' | '['): void {
    this.#endRecord();
    this.#text += bracket;
    if (bracket === '[' && this.#pretty) this.#text += ' ';
    this.#depth += 1;
    this.#separator = '';
  }

  close(bracket: '}' | ']'): void {
    if (bracket === ']') {
      if (this.#pretty && this.#separator !== '') this.#text += ' ';
      this.#separator = '';
    }
    this.#depth -= 1;
    if (this.#separator !== '') this.#endLine();
    this.#text += bracket;
    this.#separator = ',';
  }

  #endRecord(): void {
    this.#text += this.#separator;
    this.#separator = ',';
  }

  #endLine(): void {
    if (this.#pretty) this.#text += `\n${'    '.repeat(this.#depth)}`;
  }
}

export class Writer {
  readonly #out: (text: string) => void;
  readonly #json: JsonText | null;
  readonly #oneline: boolean;

  constructor(
    out: (text: string) => void,
    options: { readonly json: boolean; readonly pretty: boolean; readonly oneline: boolean },
  ) {
    this.#out = out;
    this.#json = options.json ? new JsonText(options.pretty) : null;
    this.#oneline = options.oneline;
  }

  get isJson(): boolean {
    return this.#json !== null;
  }

  /** `_SL_`: a line's end, a backslash with `-o`. */
  get lineEnd(): string {
    return this.#oneline ? '\\' : '\n';
  }

  /** Text only. */
  text(text: string): void {
    if (this.#json === null) this.#out(text);
  }

  newLine(): void {
    this.text(this.lineEnd);
  }

  /** A field in both forms; `text` is what the text form shows. */
  field(name: string | null, value: Scalar, text: string): void {
    if (this.#json === null) this.#out(text);
    else this.json(name, value);
  }

  /** JSON only. */
  json(name: string | null, value: Scalar): void {
    if (this.#json === null) return;
    if (name !== null) this.#json.name(name);
    this.#json.value(value);
  }

  jsonRaw(name: string, text: string): void {
    if (this.#json === null) return;
    this.#json.name(name);
    this.#json.raw(text);
  }

  openObject(name: string | null = null): void {
    if (this.#json === null) return;
    if (name !== null) this.#json.name(name);
    this.#json.open('{');
  }

  closeObject(): void {
    this.#json?.close('}');
  }

  openArray(name: string | null, text = ''): void {
    if (this.#json === null) {
      this.#out(text);
      return;
    }
    if (name !== null) this.#json.name(name);
    this.#json.open('[');
  }

  closeArray(text = ''): void {
    if (this.#json === null) this.#out(text);
    else this.#json.close(']');
  }

  /** Begins the outermost array (`new_json_obj`). */
  begin(): void {
    this.openArray(null);
  }

  /** Ends it and writes everything (`delete_json_obj`). */
  finish(): void {
    if (this.#json === null) return;
    this.#json.close(']');
    this.#out(`${this.#json.text}\n`);
  }
}
