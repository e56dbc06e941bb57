/** `log(verdict=..., ...)`: tells ovn-controller to write an ACL log line. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { LogAction, LogSeverity, LogVerdict } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { OctetWriter } from './octet-writer.ts';

/** Numbers in the message to the controller. */
const VERDICTS: readonly LogVerdict[] = ['allow', 'drop', 'reject', 'pass'];
/** Syslog levels. */
const SEVERITIES: Record<LogSeverity, number> = { alert: 1, warning: 4, notice: 5, info: 6, debug: 7 };

const MAX_NAME = 64;

interface Building {
  name: string | undefined;
  verdict: LogVerdict | undefined;
  severity: LogSeverity;
  meter: string | undefined;
}

function parseVerdict(parser: ActionParser, log: Building): void {
  const verdict = VERDICTS.find((each) => parser.lexer.matchId(each));
  if (verdict === undefined) parser.lexer.syntaxError('unknown verdict');
  else log.verdict = verdict;
}

function parseString(parser: ActionParser): string | undefined {
  const { lexer } = parser;
  if (lexer.kind !== 'string') {
    lexer.syntaxError('expecting string');
    return undefined;
  }
  return lexer.token.text;
}

function parseName(parser: ActionParser, log: Building): void {
  const name = parseString(parser);
  if (name === undefined) return;
  if (encodeUtf8(name).length >= MAX_NAME) {
    parser.lexer.syntaxError(`name must be shorter than ${MAX_NAME} characters`);
    return;
  }
  log.name = name;
  parser.lexer.advance();
}

function parseSeverity(parser: ActionParser, log: Building): void {
  const { lexer } = parser;
  if (lexer.kind !== 'id') {
    lexer.syntaxError('expecting severity');
    return;
  }
  const { text } = lexer.token;
  if (!Object.hasOwn(SEVERITIES, text)) {
    lexer.syntaxError('unknown severity');
    return;
  }
  log.severity = text as LogSeverity;
  lexer.advance();
}

function parseMeter(parser: ActionParser, log: Building): void {
  const meter = parseString(parser);
  if (meter === undefined) return;
  log.meter = meter;
  parser.lexer.advance();
}

const ARGUMENTS: Readonly<Record<string, (parser: ActionParser, log: Building) => void>> = {
  verdict: parseVerdict,
  name: parseName,
  severity: parseSeverity,
  meter: parseMeter,
};

function parseArgument(parser: ActionParser, log: Building): void {
  const { lexer } = parser;
  const word = lexer.kind === 'id' ? lexer.token.text : '';
  const parse = Object.hasOwn(ARGUMENTS, word) ? ARGUMENTS[word] : undefined;
  if (parse === undefined) {
    lexer.syntaxError();
    return;
  }
  lexer.advance();
  if (lexer.expect('=')) parse(parser, log);
}

export const log: ActionDefinition<LogAction> = {
  statement(parser) {
    const { lexer } = parser;
    const building: Building = { name: undefined, verdict: undefined, severity: 'info', meter: undefined };
    if (lexer.match('(')) {
      while (!lexer.match(')')) {
        parseArgument(parser, building);
        if (lexer.error !== undefined) return undefined;
        lexer.match(',');
      }
    }
    const { verdict } = building;
    if (verdict !== undefined) return { kind: 'log', ...building, verdict };
    lexer.syntaxError('expecting verdict');
    return undefined;
  },
  format({ name, verdict, severity, meter }) {
    const before = name === undefined ? '' : `name="${name}", `;
    const after = meter === undefined ? '' : `, meter="${meter}"`;
    return `log(${before}verdict=${verdict}, severity=${severity}${after});`;
  },
  encode({ name, verdict, severity, meter }, encoder) {
    const { meters, lflow } = encoder.params;
    const id = meter === undefined ? 0 : meters.assign(meter, lflow);
    if (id === undefined) return;
    const body = new OctetWriter().u8(VERDICTS.indexOf(verdict)).u8(SEVERITIES[severity]);
    encoder.controller('log', { body: body.put(encodeUtf8(name ?? '')), meter: id });
  },
};
