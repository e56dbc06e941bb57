/** `sample(probability=..., ...)`: copies of packets to an IPFIX collector. */
import { uuidWord } from '../../base/uuid.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import type { SampleAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';

interface Building {
  probability: number;
  collectorSet: number;
  domain: number;
  cookie: boolean;
  field: FieldRef | undefined;
  point: number;
}

/** The current token as a decimal number of 32 bits; undefined when it is something else. */
function decimal({ lexer }: ActionParser): number | undefined {
  const { kind, number } = lexer.token;
  return kind === 'integer' && number?.format === 'decimal'
    ? Number(BigInt.asUintN(32, number.value))
    : undefined;
}

const ARGUMENTS: Readonly<Record<string, (parser: ActionParser, sample: Building) => void>> = {
  probability(parser, sample) {
    if (decimal(parser) !== undefined) sample.probability = parser.uint16('probability') ?? 0;
  },
  obs_point(parser, sample) {
    const { lexer } = parser;
    const number = decimal(parser);
    if (lexer.kind === 'macro' && lexer.token.text === 'cookie') sample.cookie = true;
    else if (number !== undefined) sample.point = number;
    else {
      sample.field = parser.source(32);
      return;
    }
    lexer.advance();
  },
  obs_domain(parser, sample) {
    const domain = decimal(parser);
    if (domain !== undefined && domain > 0xff) parser.lexer.syntaxError('obs_domain must be 8-bit long');
    sample.domain = domain ?? sample.domain;
    parser.lexer.advance();
  },
  collector_set(parser, sample) {
    sample.collectorSet = decimal(parser) ?? sample.collectorSet;
    parser.lexer.advance();
  },
};

function parseArgument(parser: ActionParser, sample: Building): void {
  const { lexer } = parser;
  const word = lexer.kind === 'id' ? lexer.token.text : '';
  const parse = Object.hasOwn(ARGUMENTS, word) ? ARGUMENTS[word] : undefined;
  if (parse === undefined) {
    lexer.syntaxError('unknown argument');
    return;
  }
  lexer.advance();
  if (lexer.expect('=')) parse(parser, sample);
}

export const sample: ActionDefinition<SampleAction> = {
  statement(parser) {
    const { lexer } = parser;
    const building: Building = {
      probability: 0,
      collectorSet: 0,
      domain: 0,
      cookie: false,
      field: undefined,
      point: 0,
    };
    if (lexer.match('(')) {
      while (!lexer.match(')')) {
        parseArgument(parser, building);
        if (lexer.error !== undefined) return undefined;
        lexer.match(',');
      }
    }
    const { probability, collectorSet, domain, cookie, field, point } = building;
    if (probability === 0) {
      lexer.fail('probability must be greater than zero');
      return undefined;
    }
    return { kind: 'sample', probability, collectorSet, domain, point: cookie ? 'cookie' : (field ?? point) };
  },
  format({ probability, collectorSet, domain, point }) {
    const source = point === 'cookie' ? '$cookie' : typeof point === 'number' ? point : formatFieldRef(point);
    return `sample(probability=${probability},collector_set=${collectorSet},obs_domain=${domain},obs_point=${source});`;
  },
  encode({ probability, collectorSet, domain, point }, encoder) {
    const { params } = encoder;
    if (!params.hasCollectorSet(collectorSet)) return;
    encoder.put({
      kind: 'sample',
      probability,
      collectorSet,
      observationDomain: ((domain << 24) | (params.datapathKey & 0xff_ffff)) >>> 0,
      observationPoint:
        point === 'cookie'
          ? uuidWord(params.lflow)
          : typeof point === 'number'
            ? point
            : resolveFieldRef(point),
      samplingPort: OFPP.none,
      direction: 'default',
    });
  },
};
