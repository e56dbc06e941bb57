/** NB_Global and SB_Global: options that northd fills in, and the sequence numbers by which users wait for changes. */
import { formatMac, parseMac } from '../../../base/address.ts';
import type { Context } from '../../../base/context.ts';
import type { Random } from '../../../base/random.ts';
import type { NbDatabase, NbRow, SbDatabase, SbRow } from '../../../ovsdb/index.ts';
import { sameOptions, optionBool } from '../model/options.ts';
import type { Options } from '../model/options.ts';
import type { Model } from '../model/model.ts';

/** The version of the flows that this northd makes: release, southbound schema, and a number that both sides compare. */
const INTERNAL_VERSION = '26.03.2-21.8.0-82.14';

/** The one row of NB_Global and SB_Global, and their upkeep. */
export class Globals {
  private readonly nb: NbDatabase;
  private readonly sb: SbDatabase;
  private readonly context: Context;
  private readonly random: Random;

  constructor(nb: NbDatabase, sb: SbDatabase, context: Context, random: Random) {
    this.nb = nb;
    this.sb = sb;
    this.context = context;
    this.random = random;
  }

  /** Creates the rows and fills in the northbound options. Tells whether anything was written. */
  prepare(m: Model): boolean {
    const nbRow = this.nbRow();
    const options = this.northboundOptions(m, nbRow?.options ?? new Map());
    const nbChanged = nbRow === undefined || !sameOptions(nbRow.options, options);
    if (nbChanged)
      m.nb.write((txn) => {
        if (nbRow === undefined) txn.insert('NB_Global', { options });
        else txn.update('NB_Global', nbRow._uuid, { options });
      });
    const sbRow = this.sbRow();
    const wanted = { options: southboundOptions(options, sbRow?.options), ipsec: nbRow?.ipsec ?? false };
    const sbChanged =
      sbRow === undefined || !sameOptions(sbRow.options, wanted.options) || sbRow.ipsec !== wanted.ipsec;
    if (sbChanged)
      m.sb.write((txn) => {
        if (sbRow === undefined) txn.insert('SB_Global', wanted);
        else txn.update('SB_Global', sbRow._uuid, wanted);
      });
    return nbChanged || sbChanged;
  }

  /** Passes sequence numbers on, when everything else has been written. */
  finish(m: Model): void {
    const nbRow = this.nbRow();
    const sbRow = this.sbRow();
    if (nbRow === undefined || sbRow === undefined) return;
    const now = this.context.clock.wallMs();
    const changes: Partial<NbRow<'NB_Global'>>[] = [];
    if (nbRow.nb_cfg !== sbRow.nb_cfg) {
      m.sb.write((txn) => txn.update('SB_Global', sbRow._uuid, { nb_cfg: nbRow.nb_cfg }));
      changes.push({ nb_cfg_timestamp: now });
    }
    if (nbRow.nb_cfg !== 0 && nbRow.sb_cfg !== nbRow.nb_cfg)
      changes.push({ sb_cfg: nbRow.nb_cfg, sb_cfg_timestamp: now });
    const slowest = this.slowestChassis(nbRow.nb_cfg);
    if (nbRow.hv_cfg !== slowest.config)
      changes.push({ hv_cfg: slowest.config, hv_cfg_timestamp: slowest.time });
    if (changes.length > 0)
      m.nb.write((txn) =>
        txn.update('NB_Global', nbRow._uuid, Object.assign({}, ...changes) as (typeof changes)[0]),
      );
  }

  private nbRow(): NbRow<'NB_Global'> | undefined {
    return this.nb.rows('NB_Global')[Symbol.iterator]().next().value ?? undefined;
  }

  private sbRow(): SbRow<'SB_Global'> | undefined {
    return this.sb.rows('SB_Global')[Symbol.iterator]().next().value ?? undefined;
  }

  private northboundOptions(m: Model, current: Options): Options {
    const options = new Map(current);
    const prefix = /^([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2})/i.exec(current.get('mac_prefix') ?? '');
    const octets = prefix
      ?.slice(1)
      .map((octet) => octet.toLowerCase().padStart(2, '0'))
      .join(':');
    if (octets === undefined || octets === '00:00:00')
      options.set('mac_prefix', this.randomMac().slice(0, 8));
    else options.set('mac_prefix', octets);
    for (const key of ['svc_monitor_mac', 'svc_monitor_mac_dst'])
      if (parseMac(current.get(key) ?? '') === undefined) options.set(key, this.randomMac());
    options.set('max_tunid', String(m.maxDatapathKey()));
    options.set('northd_internal_version', INTERNAL_VERSION);
    return options;
  }

  /** A unicast address that is administered locally. */
  private randomMac(): string {
    const high = BigInt(this.random.below(2 ** 24));
    const low = BigInt(this.random.below(2 ** 24));
    const mac = (high << 24n) | low;
    return formatMac((mac & ~(1n << 40n)) | (1n << 41n));
  }

  /** The lowest sequence number that a chassis of this zone has reached. */
  private slowestChassis(config: number): { readonly config: number; readonly time: number } {
    let slowest = { config, time: 0 };
    for (const row of this.sb.rows('Chassis_Private')) {
      const chassis = row.chassis === null ? undefined : this.sb.get('Chassis', row.chassis);
      if (chassis !== undefined && optionBool(chassis.other_config, 'is-remote', false)) continue;
      const reached = { config: row.nb_cfg, time: row.nb_cfg_timestamp };
      // A number far ahead has wrapped round.
      if (row.nb_cfg < slowest.config || row.nb_cfg - slowest.config > 2 ** 31 - 1) slowest = reached;
      else if (row.nb_cfg === slowest.config && row.nb_cfg_timestamp > slowest.time) slowest = reached;
    }
    return slowest;
  }
}

function southboundOptions(northbound: Options, current: Options | undefined): Options {
  const options = new Map(northbound);
  const probe = current?.get('sbctl_probe_interval');
  if (probe !== undefined) options.set('sbctl_probe_interval', probe);
  return options.set('arp_ns_explicit_output', 'true').set('register_consolidation', 'true');
}
