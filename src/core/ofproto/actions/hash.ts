/** Text of the actions that choose by a hash of the packet: multipath, bundle, bundle_load. */
import { err, ok, type Result } from '../../base/result.ts';
import { formatPort, parsePort } from '../../flow/ofport-text.ts';
import type { Subfield } from '../../flow/field.ts';
import { formatSubfield, isPlainHeader, parseSubfield } from '../../flow/subfield-text.ts';
import type { ActFormatter, ActParse, ActParser } from './act-text.ts';
import type { HashFields, MultipathAct, OfpAct } from './ofpact.ts';

const HASH_FIELDS: readonly HashFields[] = [
  'eth_src',
  'symmetric_l4',
  'symmetric_l3l4',
  'symmetric_l3l4+udp',
  'nw_src',
  'nw_dst',
  'symmetric_l3',
];
const ALGORITHMS: readonly MultipathAct['algorithm'][] = ['modulo_n', 'hash_threshold', 'hrw', 'iter_hash'];
const MAX_BUNDLE_MEMBERS = 2048;

const tokens = (text: string): readonly string[] => text.split(/[, ]+/).filter((word) => word !== '');
const atoi = (text: string): number => Number.parseInt(text, 10) || 0;
const hashFields = (text: string): HashFields | undefined =>
  HASH_FIELDS.find((name) => name === text.toLowerCase());

const parseMultipath: ActParser = (text, parse) => {
  const [fieldsText, basis, algorithmText, linksText, argument, destinationText] = tokens(text);
  if (fieldsText === undefined || basis === undefined || algorithmText === undefined)
    return tooFew(text, 'multipath');
  if (linksText === undefined || argument === undefined || destinationText === undefined)
    return tooFew(text, 'multipath');
  const fields = hashFields(fieldsText);
  if (!fields) return err(`${text}: unknown fields \`${fieldsText}'`);
  const algorithm = ALGORITHMS.find((name) => name === algorithmText.toLowerCase());
  if (!algorithm) return err(`${text}: unknown algorithm \`${algorithmText}'`);
  const links = atoi(linksText);
  if (links < 1 || links > 65536) return err(`${text}: n_links ${links} is not in valid range 1 to 65536`);
  const destination = parseSubfield(destinationText, parse.tlv);
  if (!destination.ok) return destination;
  if (!isPlainHeader(destination.value))
    return err(`${text}: experimenter OXM field '${destinationText}' not supported`);
  const { length } = destination.value;
  if (length < 16 && links > 1 << length)
    return err(
      `${text}: ${length}-bit destination field has ${1 << length} possible values, less than specified n_links ${links}`,
    );
  return ok({
    kind: 'multipath',
    fields,
    basis: atoi(basis) & 0xffff,
    algorithm,
    maxLink: links - 1,
    argument: atoi(argument) >>> 0,
    destination: destination.value,
  });
};

const tooFew = (text: string, action: string): Result<OfpAct> =>
  err(`${text}: not enough arguments to ${action} action`);

function parseBundle(text: string, parse: ActParse, load: boolean): Result<OfpAct> {
  // The word that introduces the members ends at a colon or blank; the rest are members.
  const fixed = load ? 5 : 4;
  const pattern = new RegExp(`^[, ]*((?:[^, ]+[, ]+){${fixed}})[: ]*([^: ]+)(?:[: ](.*))?$`, 's');
  const found = pattern.exec(text);
  if (!found) return tooFew(text, 'bundle');
  const [, headText = '', delimiter = '', memberText = ''] = found;
  const [fieldsText = '', basis = '', algorithmText = '', memberType = '', destinationText = ''] =
    tokens(headText);
  if (!['members', 'slaves'].includes(delimiter.toLowerCase()))
    return err(`${text}: missing member delimiter, expected \`members', got \`${delimiter}'`);
  const members: number[] = [];
  for (const word of memberText.split(/[, [\]]+/).filter((part) => part !== '')) {
    if (members.length >= MAX_BUNDLE_MEMBERS) break;
    const port = parsePort(word, parse.names, parse.warn);
    if (port === undefined) return err(`${word}: bad port number`);
    members.push(port);
  }
  const fields = hashFields(fieldsText);
  if (!fields) return err(`${text}: unknown fields \`${fieldsText}'`);
  const lower = algorithmText.toLowerCase();
  if (lower !== 'active_backup' && lower !== 'hrw')
    return err(`${text}: unknown algorithm \`${algorithmText}'`);
  if (memberType.toLowerCase() !== 'ofport') return err(`${text}: unknown member_type \`${memberType}'`);
  let destination: Subfield | null = null;
  if (load) {
    const parsed = parseSubfield(destinationText, parse.tlv);
    if (!parsed.ok) return parsed;
    if (!isPlainHeader(parsed.value))
      return err(`${text}: experimenter OXM field '${destinationText}' not supported`);
    destination = parsed.value;
  }
  return ok({ kind: 'bundle', algorithm: lower, fields, basis: atoi(basis) & 0xffff, members, destination });
}

export const HASH_PARSERS: Readonly<Record<string, ActParser>> = {
  multipath: parseMultipath,
  bundle: (text, parse) => parseBundle(text, parse, false),
  bundle_load: (text, parse) => parseBundle(text, parse, true),
};

export const HASH_FORMATTERS: { readonly [K in 'multipath' | 'bundle']: ActFormatter<K> } = {
  multipath: (act) =>
    `multipath(${act.fields},${act.basis},${act.algorithm},${act.maxLink + 1},${act.argument},${formatSubfield(act.destination)})`,
  bundle: (act, { names }) => {
    const destination = act.destination === null ? '' : `${formatSubfield(act.destination)},`;
    const members = act.members.map((port) => formatPort(port, names)).join(',');
    const name = act.destination === null ? 'bundle' : 'bundle_load';
    return `${name}(${act.fields},${act.basis},${act.algorithm},ofport,${destination}members:${members})`;
  },
};
