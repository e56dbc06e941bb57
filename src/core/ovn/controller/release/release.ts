/**
 * What sets the ovn-controller of one OVN release apart: its OpenFlow tables, its physical flows, and which parts of the
 * work are flows of its own. Logical flows come from the southbound database, so northd's release is in them already.
 */
import type { EncodeParams } from '../../actions/index.ts';
import type { SymbolTable } from '../../expr/index.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbRow, SbSchema, TableName } from '../../../ovsdb/index.ts';
import type { ConjunctionIds } from '../translation-cache.ts';
import type { PhysicalContext } from '../physical/physical-context.ts';
import type { ControllerSettings } from '../settings.ts';

export type OvnRelease = '20.12' | '26.03';

/** Faults that a release is known to have: `conjunction-drift` is that of `TranslationCache`. */
export type ReleaseFault = 'conjunction-drift';

/** Puts template values into a text. */
type Fill = (text: string) => string;

/** Flows that no row is there for. */
type FixedFlows = (context: PhysicalContext, fill: Fill) => void;

/** Flows that each row of a table gives by itself. Of two that are the same the lower rank counts. */
export interface RowFlows {
  readonly table: TableName<SbSchema>;
  readonly rank: number;
  readonly add: (context: PhysicalContext, uuid: Uuid, fill: Fill) => void;
}

export interface ControllerRelease {
  readonly name: OvnRelease;
  /** What it calls its version when it compares it with northd's. */
  readonly internalVersion: string;
  readonly faults: readonly ReleaseFault[];
  readonly symbols: () => SymbolTable;
  /** OpenFlow tables of the first logical table of each pipeline. */
  readonly firstTables: { readonly ingress: number; readonly egress: number };
  /** Where `output` goes on, by pipeline. */
  readonly outputTables: { readonly ingress: number; readonly egress: number };
  /** What the encoding of actions has had since. */
  readonly encoding: Pick<EncodeParams, 'requestsPause' | 'neighbourRegister6' | 'features'>;
  readonly conjunctionIds: ConjunctionIds;
  /** The name under which a datapath's zones are remembered; undefined: it has none. */
  readonly zoneName: (datapath: SbRow<'Datapath_Binding'>) => string | undefined;
  /** Whether it exchanges routes with the kernel. */
  readonly exchangesRoutes: boolean;
  /** Whether ports' rates become rows of QoS and Queue. */
  readonly queuesRates: boolean;
  /** Whether it is told to have flows name the ends of tunnels. */
  readonly tunnelsByFlow: (settings: ControllerSettings) => boolean;
  /** Every flow that is not a logical flow's. */
  readonly flows: {
    readonly fixed: readonly FixedFlows[];
    readonly rows: readonly RowFlows[];
  };
  /** False where all is computed anew at each pass. */
  readonly isIncremental: boolean;
}
