/**
 * What has not been in use for too long goes: MAC bindings of routers with `mac_binding_age_threshold`, FDB rows of switches
 * with `fdb_age_threshold`. Chassis renew the timestamps of what they use. Rows are looked at when something changes, but
 * not before the moment for which the last look found the next row due.
 */
import type { Clock } from '../../base/context.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { NbDatabase, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { parseThresholds, thresholdFor } from './model/aging.ts';
import { optionUint, type Options } from './model/options.ts';

const MILLISECOND = 1_000_000;
/** Until the next rows go after as many as one run may remove. */
const BULK_DELAY_MS = 5000;

interface Aged {
  readonly row: { readonly _uuid: Uuid; readonly timestamp: number };
  /** Milliseconds; 0: it stays. */
  readonly threshold: number;
}

/** How one of the two tables ages. */
interface Kind {
  readonly table: 'MAC_Binding' | 'FDB';
  /** The option that says how many rows one run may remove. */
  readonly limit: string;
  /** Ability that all chassis must have. */
  readonly feature: 'mac-binding-timestamp' | 'fdb-timestamp';
  rows(): Iterable<Aged>;
  nextLook: number;
}

export class Aging {
  private readonly nb: NbDatabase;
  private readonly sb: SbDatabase;
  private readonly clock: Clock;
  private readonly kinds: readonly Kind[];

  constructor(nb: NbDatabase, sb: SbDatabase, clock: Clock) {
    this.nb = nb;
    this.sb = sb;
    this.clock = clock;
    this.kinds = [
      {
        table: 'MAC_Binding',
        limit: 'mac_binding_removal_limit',
        feature: 'mac-binding-timestamp',
        rows: () => this.macBindings(),
        nextLook: 0,
      },
      {
        table: 'FDB',
        limit: 'fdb_removal_limit',
        feature: 'fdb-timestamp',
        rows: () => this.fdb(),
        nextLook: 0,
      },
    ];
  }

  /** Removes what is due. Gives the nanoseconds after which there is more to do; undefined when nothing new is known. */
  run(): number | undefined {
    const [global] = this.nb.rows('NB_Global');
    const waits = this.kinds.flatMap((kind) => this.age(kind, global?.options ?? new Map()) ?? []);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  private age(kind: Kind, options: Options): number | undefined {
    const now = this.clock.now();
    if (now < kind.nextLook || !this.canAge(kind)) return undefined;
    const limit = optionUint(options, kind.limit, 0);
    const wall = this.clock.wallMs();
    const gone: Uuid[] = [];
    let wait = Number.POSITIVE_INFINITY;
    for (const { row, threshold } of kind.rows()) {
      const age = wall - row.timestamp;
      if (threshold === 0 || age < 0) continue;
      if (age < threshold) {
        wait = Math.min(wait, threshold - age);
        continue;
      }
      gone.push(row._uuid);
      if (limit === 0 || gone.length < limit) continue;
      wait = BULK_DELAY_MS;
      break;
    }
    if (gone.length > 0)
      this.sb.transact((txn) => {
        txn.comment('ovn-northd');
        for (const uuid of gone) txn.delete(kind.table, uuid);
      });
    if (wait === Number.POSITIVE_INFINITY) return undefined;
    kind.nextLook = now + wait * MILLISECOND;
    return wait * MILLISECOND;
  }

  /** Chassis of other availability zones do not count. */
  private canAge({ feature }: Kind): boolean {
    for (const { other_config } of this.sb.rows('Chassis'))
      if (other_config.get('is-remote') !== 'true' && other_config.get(feature) !== 'true') return false;
    return true;
  }

  private datapathOf(uuid: Uuid): SbRow<'Datapath_Binding'> | undefined {
    return this.sb.find('Datapath_Binding', 'nb_uuid', uuid)[0];
  }

  private *macBindings(): Generator<Aged> {
    for (const router of this.nb.rows('Logical_Router')) {
      const thresholds = parseThresholds(router.options.get('mac_binding_age_threshold')) ?? [];
      const datapath = thresholds.some(({ seconds }) => seconds > 0) && this.datapathOf(router._uuid);
      if (!datapath) continue;
      for (const row of this.sb.find('MAC_Binding', 'datapath', datapath._uuid))
        yield { row, threshold: thresholdFor(thresholds, row.ip) * 1000 };
    }
  }

  private *fdb(): Generator<Aged> {
    for (const { _uuid, other_config } of this.nb.rows('Logical_Switch')) {
      const threshold = optionUint(other_config, 'fdb_age_threshold', 0) * 1000;
      const datapath = threshold > 0 && this.datapathOf(_uuid);
      if (!datapath) continue;
      for (const row of this.sb.find('FDB', 'dp_key', datapath.tunnel_key)) yield { row, threshold };
    }
  }
}
