/** Text of `sample`: packets for IPFIX or psample collectors. */
import { err, ok, type Result } from '../../base/result.ts';
import { parseUint32 } from '../../flow/c-integer.ts';
import type { Subfield } from '../../flow/field.ts';
import { keyValues } from '../../flow/key-value.ts';
import { formatPort, parsePort } from '../../flow/ofport-text.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { formatSubfield, parseSubfield } from '../../flow/subfield-text.ts';
import type { ActFormatter, ActParse, ActParser } from './act-text.ts';
import { parseNamed } from './header.ts';

function parseObservation(key: string, text: string, parse: ActParse): Result<number | Subfield> {
  const number = parseUint32(text);
  if (number.ok) return number;
  const field = parseSubfield(text, parse.tlv);
  if (!field.ok) return field;
  return field.value.length > 32
    ? err(`size of ${key} field (${field.value.length}) exceeds maximum (32)`)
    : field;
}

const parseSample: ActParser = (text, parse) => {
  let probability = 0;
  let collectorSet = 0;
  let observationDomain: number | Subfield = 0;
  let observationPoint: number | Subfield = 0;
  let samplingPort: number = OFPP.none;
  let direction: 'default' | 'ingress' | 'egress' = 'default';
  for (const { key, value } of keyValues(text)) {
    switch (key) {
      case 'probability': {
        const number = parseNamed(value, 'probability', 65536);
        if (!number.ok) return number;
        if (number.value === 0) return err(`invalid probability value "${value}"`);
        probability = number.value;
        break;
      }
      case 'collector_set_id': {
        const number = parseUint32(value);
        if (!number.ok) return number;
        collectorSet = number.value;
        break;
      }
      case 'obs_domain_id':
      case 'obs_point_id': {
        const parsed = parseObservation(key, value, parse);
        if (!parsed.ok) return parsed;
        if (key === 'obs_domain_id') observationDomain = parsed.value;
        else observationPoint = parsed.value;
        break;
      }
      case 'sampling_port': {
        const port = parsePort(value, parse.names, parse.warn);
        if (port === undefined) return err(`${value}: unknown port`);
        samplingPort = port;
        break;
      }
      case 'ingress':
      case 'egress':
        direction = key;
        break;
      default:
        return err(`invalid key "${key}" in "sample" argument`);
    }
  }
  if (probability === 0) return err('non-zero "probability" must be specified on sample');
  return ok({
    kind: 'sample',
    probability,
    collectorSet,
    observationDomain,
    observationPoint,
    samplingPort,
    direction,
  });
};

const observation = (value: number | Subfield): string =>
  typeof value === 'number' ? String(value) : formatSubfield(value);

export const SAMPLE_PARSERS: Readonly<Record<string, ActParser>> = { sample: parseSample };

export const SAMPLE_FORMATTERS: { readonly sample: ActFormatter<'sample'> } = {
  sample: (act, { names }) => {
    const parts = [
      `probability=${act.probability}`,
      `collector_set_id=${act.collectorSet}`,
      `obs_domain_id=${observation(act.observationDomain)}`,
      `obs_point_id=${observation(act.observationPoint)}`,
    ];
    if (act.samplingPort !== OFPP.none) parts.push(`sampling_port=${formatPort(act.samplingPort, names)}`);
    if (act.direction !== 'default') parts.push(act.direction);
    return `sample(${parts.join(',')})`;
  },
};
