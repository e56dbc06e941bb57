/** Reads arithmetic: numbers, `len`, `proto[expr:size]` and operators with their binding strengths. */
import { combine, constant, indexed, negative, packetLength, type Operand } from './arithmetic.ts';
import { FilterError } from './filter-error.ts';
import type { Offsets } from './offsets.ts';
import type { ProtocolWord } from './qualifier.ts';
import type { ArithmeticOperator } from './test.ts';
import type { TokenStream } from './token-stream.ts';

/** Binding strength. `%` and `^` have none in libpcap's grammar: what follows them binds first. */
const STRENGTH: Partial<Record<ArithmeticOperator | 'negative', number>> = {
  '|': 1,
  '&': 2,
  '<<': 3,
  '>>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  negative: 6,
};

export const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']);

export class OperandParser {
  private readonly stream: TokenStream;
  private readonly offsets: Offsets;

  constructor(stream: TokenStream, offsets: Offsets) {
    this.stream = stream;
    this.offsets = offsets;
  }

  /** Everything that binds stronger than `outer` (null: all), with `left` as its first operand. */
  arithmetic(left: Operand, outer: ArithmeticOperator | 'negative' | null): Operand {
    let result = left;
    for (;;) {
      const symbol = this.stream.peekSymbol();
      if (symbol === undefined || !OPERATORS.has(symbol)) return result;
      const operator = symbol as ArithmeticOperator;
      const strength = STRENGTH[operator];
      const outerStrength = outer === null ? undefined : STRENGTH[outer];
      if (strength !== undefined && outerStrength !== undefined && outerStrength >= strength) return result;
      this.stream.take();
      const right = this.arithmetic(this.operand(), operator);
      result = combine(this.offsets, operator, result, right);
    }
  }

  /** One operand without operators around it. */
  operand(): Operand {
    const { stream, offsets } = this;
    const token = stream.take();
    if (token.kind === 'number') return constant(offsets, token.number);
    if (token.kind === 'protocol') return this.indexed(token.protocol);
    if (token.kind === 'word' && token.word === 'len') return packetLength(offsets);
    if (token.kind === 'symbol' && token.symbol === '-')
      return negative(this.arithmetic(this.operand(), 'negative'));
    if (token.kind === 'symbol' && token.symbol === '(') {
      const inner = this.arithmetic(this.operand(), null);
      stream.expectSymbol(')');
      return inner;
    }
    throw new FilterError("can't parse filter expression: syntax error", token.offset);
  }

  /** `[index:size]`, after its protocol. */
  indexed(protocol: ProtocolWord): Operand {
    const { stream } = this;
    stream.expectSymbol('[');
    const index = this.arithmetic(this.operand(), null);
    const size = stream.takeSymbol(':') ? stream.expectNumber() : 1;
    stream.expectSymbol(']');
    return indexed(this.offsets, protocol, index, size);
  }
}
