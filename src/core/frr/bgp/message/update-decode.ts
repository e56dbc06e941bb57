/** UPDATE from the wire (RFC 4271 4.3, RFC 4760): its parts, and what they say of routes. */
import { ok, type Result } from '../../../base/result.ts';
import type { BgpFamily } from '../../config/bgp-config.ts';
import type { MpNextHop, PathAttributes } from '../attributes.ts';
import { readAttributes } from './attribute-decode.ts';
import { attributesOf, emptyDraft, finishAttributes } from './attribute-draft.ts';
import type { DecodeOptions } from './decode-options.ts';
import { readEvpnRoutes } from './evpn-nlri.ts';
import { readPrefixes, type Nlri, type NlriProblem } from './nlri.ts';
import { MALFORMED_LIST, UPDATE_ERROR, updateError, type Notification } from './notification.ts';
import { OctetReader } from './octet-reader.ts';
import { readVpnPrefixes } from './vpn-nlri.ts';

interface MpReach {
  readonly family: BgpFamily;
  readonly nextHop: MpNextHop | null;
  readonly nlris: readonly Nlri[];
}

export interface Update {
  readonly withdrawn: readonly Nlri[];
  readonly announced: readonly Nlri[];
  readonly mpReach: MpReach | null;
  readonly mpUnreach: { readonly family: BgpFamily; readonly nlris: readonly Nlri[] } | null;
  /** Null: no attributes; or they are damaged and what is announced counts as withdrawn. */
  readonly attributes: PathAttributes | null;
  readonly endOfRib: BgpFamily | null;
}

const READERS: Readonly<
  Record<BgpFamily, (octets: OctetReader, withPathId: boolean) => Result<readonly Nlri[], NlriProblem>>
> = {
  'ipv4-unicast': (octets, withPathId) => readPrefixes(octets, 4, withPathId),
  'ipv6-unicast': (octets, withPathId) => readPrefixes(octets, 6, withPathId),
  'ipv4-vpn': (octets, withPathId) => readVpnPrefixes(octets, 4, withPathId),
  'ipv6-vpn': (octets, withPathId) => readVpnPrefixes(octets, 6, withPathId),
  'l2vpn-evpn': readEvpnRoutes,
};

export const decodeUpdate = (body: Uint8Array, options: DecodeOptions): Result<Update, Notification> =>
  readUpdate(new OctetReader(body), options);

/** Reads the body of an UPDATE to its end. */
export function readUpdate(reader: OctetReader, options: DecodeOptions): Result<Update, Notification> {
  if (!reader.has(2)) return MALFORMED_LIST;
  const withdrawnSize = reader.u16();
  if (!reader.has(withdrawnSize)) return MALFORMED_LIST;
  const withdrawnOctets = reader.part(withdrawnSize);
  if (!reader.has(2)) return MALFORMED_LIST;
  const attributesSize = reader.u16();
  if (!reader.has(attributesSize)) return MALFORMED_LIST;
  const attributesOctets = reader.part(attributesSize);
  const prefixesFollow = reader.left > 0;

  const draft = emptyDraft();
  let verdict: 'ok' | 'withdraw' | 'end-of-rib' = 'ok';
  if (attributesSize > 0) {
    const read = readAttributes(attributesOctets, draft, options, reader.end);
    if (!read.ok) return read;
    verdict = read.value;
    // bgpd takes the attributes that it has not read for prefixes.
    reader.at = attributesOctets.at;
    const checked = verdict === 'ok' ? finishAttributes(draft, options, prefixesFollow) : ok(verdict);
    if (!checked.ok) return checked;
    verdict = checked.value;
  }
  const hasBodyPrefixes = reader.left > 0;
  const withPathId = (family: BgpFamily): boolean => options.addPath.includes(family);
  const prefixes = (
    octets: OctetReader,
    family: BgpFamily,
    error: number,
  ): Result<readonly Nlri[], Notification> => {
    if (!options.families.includes(family)) return ok([]);
    const read = READERS[family](octets, withPathId(family));
    return read.ok ? read : updateError(error);
  };
  const announced = prefixes(reader, 'ipv4-unicast', UPDATE_ERROR.invalidNetwork);
  if (!announced.ok) return announced;
  const withdrawn = prefixes(withdrawnOctets, 'ipv4-unicast', UPDATE_ERROR.invalidNetwork);
  if (!withdrawn.ok) return withdrawn;
  let mpReach: MpReach | null = null;
  if (draft.mpReach !== null) {
    const { family, nextHop, octets } = draft.mpReach;
    const nlris = prefixes(octets, family, UPDATE_ERROR.optionalAttribute);
    if (!nlris.ok) return nlris;
    mpReach = { family, nextHop, nlris: nlris.value };
  }
  let mpUnreach: Update['mpUnreach'] = null;
  const mpUnreachIsEmpty = draft.mpUnreach !== null && draft.mpUnreach.octets.left === 0;
  if (draft.mpUnreach !== null) {
    const { family, octets } = draft.mpUnreach;
    const nlris = prefixes(octets, family, UPDATE_ERROR.optionalAttribute);
    if (!nlris.ok) return nlris;
    mpUnreach = { family, nlris: nlris.value };
  }
  let endOfRib: BgpFamily | null = null;
  const hasMpReachPrefixes = draft.mpReach !== null && verdict !== 'end-of-rib';
  if ((!hasBodyPrefixes && withdrawnSize === 0 && !hasMpReachPrefixes) || verdict === 'end-of-rib') {
    if (attributesSize === 0) endOfRib = 'ipv4-unicast';
    else if (mpUnreachIsEmpty && mpUnreach !== null) endOfRib = mpUnreach.family;
    else if (verdict === 'end-of-rib' && mpReach !== null) endOfRib = mpReach.family;
  }
  return ok({
    withdrawn: withdrawn.value,
    announced: announced.value,
    mpReach,
    mpUnreach,
    attributes: attributesSize === 0 || verdict !== 'ok' ? null : attributesOf(draft),
    endOfRib,
  });
}
