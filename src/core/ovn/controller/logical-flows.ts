/**
 * Logical flows as OpenFlow: every row of Logical_Flow for every local datapath that it is for. What cannot be read is
 * left out and told, as ovn-controller warns in its log.
 */
import { ok, type Result } from '../../base/result.ts';
import type { Uuid } from '../../base/uuid.ts';
import { FIELDS, matchFieldValue, registerField, setMatchField } from '../../flow/index.ts';
import type { OfpAct } from '../../ofproto/index.ts';
import type { SbRow } from '../../ovsdb/index.ts';
import {
  encodeActions,
  parseActions,
  type Action,
  type EncodeParams,
  type IdAllocator,
  type ParseEnv,
} from '../actions/index.ts';
import { PIPELINE_LENGTH } from '../actions/oftable.table.ts';
import {
  annotate,
  combine,
  connectionSymbols,
  evaluateConditions,
  normalize,
  parseConstantSet,
  parseExpr,
  simplify,
  toMatches,
  Lexer,
  type ConstantNames,
  type Expr,
  type NumberLiteral,
  type SymbolTable,
} from '../expr/index.ts';
import type { LocalDatapath } from './local-datapaths.ts';
import { REGISTER } from './logical-registers.table.ts';
import type { PhysicalContext } from './physical/physical-context.ts';
import { isSwitch, portByName } from './southbound-index.ts';
import type { ControllerRelease } from './release/release.ts';
import { fillTemplates } from './template-values.ts';
import type { TranslationCache, TranslatedMatch } from './translation-cache.ts';

/** A logical flow that could not be translated. */
export interface LogicalFlowProblem {
  readonly flow: Uuid;
  readonly message: string;
}

/** A logical flow whose actions are read; its match is read when a translation is not at hand. */
interface Parsed {
  readonly actions: readonly Action[];
  readonly prerequisites: Expr | undefined;
  /** The match with template values filled in. */
  readonly text: string;
}

/** Terms that depend on more than the text and the numbers of ports. */
const VARYING = /[$@]|is_chassis_resident/;

/** Terms whose constants come from rows that may change. */
const NAMED_SETS = /[$@]/;

/** What a row's actions mean for good: no template or DHCP option that other rows define is part of them. */
const isSelfContained = ({ match, actions }: SbRow<'Logical_Flow'>): boolean =>
  !match.includes('^') && !actions.includes('^') && !actions.includes('put_dhcp');

/** An expired TTL is told to no controller: OpenFlow's own action, which the switch shows as `dec_ttl()`. */
function asInstalled(act: OfpAct): OfpAct {
  if (act.kind === 'dec_ttl') return { kind: 'dec_ttl', controllerIds: [], explicit: true };
  return act.kind === 'clone' ? { ...act, actions: act.actions.map(asInstalled) } : act;
}

/** What translation reads of the chassis beyond physical flows' context. */
export interface LogicalContext extends PhysicalContext {
  readonly templates: ReadonlyMap<string, string>;
  /** Whether a port of a datapath, by its key, is one whose traffic this chassis handles. */
  isRelatedKey(datapath: Uuid, key: number): boolean;
  isRelatedName(name: string): boolean;
  /** The tunnel key of a multicast group. */
  groupKey(datapath: Uuid, name: string): number | undefined;
}

/** Where a translation gets numbers, and where it may find its matches. */
export interface LogicalMemory {
  readonly groups: IdAllocator;
  readonly meters: IdAllocator;
  readonly cache: TranslationCache;
}

export class LogicalTranslator {
  readonly #context: LogicalContext;
  readonly #memory: LogicalMemory;
  readonly #release: ControllerRelease;
  /** Made for the first flow that needs them. */
  #symbols: SymbolTable | undefined;
  #connectionSymbols: SymbolTable | undefined;
  /** Rows that were parsed, for as long as they are the same rows. */
  readonly #parsed = new WeakMap<object, Parsed>();
  /** Expressions that hang only on which chassis has which port: read once, evaluated in each pass. */
  readonly #conditional = new WeakMap<object, Result<Expr>>();
  readonly #addressSets = new WeakMap<object, readonly NumberLiteral[]>();
  /** The expression of the flow at hand, read once for all its datapaths. */
  #expression: Result<Expr> | undefined;
  #problem: string | undefined;

  constructor(context: LogicalContext, memory: LogicalMemory, release: ControllerRelease) {
    this.#context = context;
    this.#memory = memory;
    this.#release = release;
  }

  #table(ofConnections: boolean): SymbolTable {
    if (ofConnections) return (this.#connectionSymbols ??= connectionSymbols());
    return (this.#symbols ??= this.#release.symbols());
  }

  #addressSet(name: string): readonly NumberLiteral[] | undefined {
    const [row] = this.#context.sb.find('Address_Set', 'name', name);
    if (!row) return undefined;
    const known = this.#addressSets.get(row);
    if (known) return known;
    const read = row.addresses
      .flatMap((text) => parseConstantSet(new Lexer(text))?.constants ?? [])
      .flatMap(({ value }) => (typeof value === 'string' ? [] : [value]));
    this.#addressSets.set(row, read);
    return read;
  }

  /** The southbound database has each port group once for each datapath, under the datapath's key; ports elsewhere do not count. */
  #names(datapathKey: number): ConstantNames {
    const { sb } = this.#context;
    return {
      addressSet: (name) => this.#addressSet(name),
      portGroup: (name) =>
        sb
          .find('Port_Group', 'name', `${datapathKey}_${name}`)[0]
          ?.ports.filter((port) => this.#context.isRelatedName(port)),
    };
  }

  #parse(flow: SbRow<'Logical_Flow'>): Result<Parsed> {
    const { templates } = this.#context;
    const known = this.#parsed.get(flow);
    if (known) return ok(known);
    const actions = parseActions(fillTemplates(flow.actions, templates), this.#table(false), this.#env(flow));
    if (!actions.ok) return actions;
    const read = {
      actions: actions.value.actions,
      prerequisites: actions.value.prerequisites,
      text: fillTemplates(flow.match, templates),
    };
    if (isSelfContained(flow)) this.#parsed.set(flow, read);
    return ok(read);
  }

  #expressionOf(flow: SbRow<'Logical_Flow'>, parsed: Parsed, datapathKey: number): Result<Expr> {
    const known = this.#conditional.get(flow);
    if (known) return known;
    const read = this.#read(flow, parsed, datapathKey);
    const isKept = parsed.text.includes('is_chassis_resident') && !NAMED_SETS.test(parsed.text);
    if (isKept && isSelfContained(flow)) this.#conditional.set(flow, read);
    return read;
  }

  #read(flow: SbRow<'Logical_Flow'>, parsed: Parsed, datapathKey: number): Result<Expr> {
    const symbols = this.#table(flow.tags.get('acl_ct_translation') === 'true');
    const match = parseExpr(parsed.text, symbols, this.#names(datapathKey));
    if (!match.ok) return match;
    const needed = parsed.prerequisites;
    const annotated = annotate(needed ? combine('and', match.value, needed) : match.value, symbols);
    return annotated.ok ? ok(simplify(annotated.value)) : annotated;
  }

  /** The matches of a flow on one datapath; undefined, with a problem noted, when the match cannot be read. */
  #matches(
    flow: SbRow<'Logical_Flow'>,
    parsed: Parsed,
    local: LocalDatapath,
  ): readonly TranslatedMatch[] | undefined {
    const perDatapath = parsed.text.includes('@');
    return this.#memory.cache.take({
      flow: flow._uuid,
      datapath: local.datapath._uuid,
      text: `${parsed.text}\n${flow.actions}`,
      keeps: !VARYING.test(parsed.text),
      portNumber: (name) => this.#portNumber(local, name),
      translate: (portNumber) => {
        if (perDatapath || !this.#expression)
          this.#expression = this.#expressionOf(flow, parsed, local.datapath.tunnel_key);
        const expr = this.#expression;
        if (!expr.ok) {
          this.#problem = expr.error;
          return undefined;
        }
        const conditions = evaluateConditions(expr.value, (name) => this.#resident(name));
        return toMatches(normalize(conditions), portNumber);
      },
    });
  }

  #env(flow: SbRow<'Logical_Flow'>): ParseEnv {
    const { sb } = this.#context;
    const pipeline = flow.pipeline === 'egress' ? 'egress' : 'ingress';
    return {
      pipeline,
      tableCount: PIPELINE_LENGTH[pipeline],
      table: flow.table_id,
      dhcpOptions: (name) => sb.find('DHCP_Options', 'name', name)[0],
      dhcpv6Options: (name) => sb.find('DHCPv6_Options', 'name', name)[0],
    };
  }

  /** Adds the flows of a logical flow on its local datapaths; tells why when it cannot be read. */
  translate(flow: SbRow<'Logical_Flow'>): string | undefined {
    const { sb, datapaths } = this.#context;
    const group =
      flow.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', flow.logical_dp_group);
    const uuids = [
      ...(flow.logical_datapath === null ? [] : [flow.logical_datapath]),
      ...(group?.datapaths ?? []),
    ];
    const local = uuids.flatMap((uuid) => datapaths.get(uuid) ?? []);
    const name = flow.tags.get('in_out_port');
    const port = name === undefined ? undefined : portByName(sb, name);
    if (local.length === 0 || (name !== undefined && !port)) return undefined;
    const parsed = this.#parse(flow);
    if (!parsed.ok) return parsed.error;
    this.#expression = undefined;
    this.#problem = undefined;
    for (const one of local) {
      if (port && !this.#context.isRelatedKey(one.datapath._uuid, port.tunnel_key)) continue;
      const matches = this.#matches(flow, parsed.value, one);
      if (matches && matches.length > 0) this.#translateOn(flow, parsed.value.actions, matches, one);
    }
    return this.#problem;
  }

  #portNumber(local: LocalDatapath, name: string): number | undefined {
    const { sb } = this.#context;
    if (name === 'none') return 0;
    const port = portByName(sb, name);
    if (port?.datapath === local.datapath._uuid) return port.tunnel_key;
    return this.#context.groupKey(local.datapath._uuid, name);
  }

  #resident(name: string): boolean {
    const context = this.#context;
    const port = portByName(context.sb, name);
    if (!port) return false;
    return port.type === 'chassisredirect'
      ? context.active(port.ha_chassis_group)
      : port.chassis === context.chassis._uuid;
  }

  #translateOn(
    flow: SbRow<'Logical_Flow'>,
    actions: readonly Action[],
    matches: readonly TranslatedMatch[],
    local: LocalDatapath,
  ): void {
    const context = this.#context;
    const release = this.#release;
    const ingress = flow.pipeline === 'ingress';
    const table = release.firstTables[ingress ? 'ingress' : 'egress'] + flow.table_id;
    const acts = encodeActions(actions, this.#params(flow, local, ingress)).map(asInstalled);
    const portRegister = registerField(ingress ? REGISTER.inport : REGISTER.outport);
    for (const { match, conjunctions } of matches) {
      setMatchField(match, FIELDS.metadata, local.datapath.tunnel_key);
      if (isSwitch(local.datapath)) {
        const key = Number(matchFieldValue(match, portRegister));
        if (key !== 0 && !context.isRelatedKey(local.datapath._uuid, key)) continue;
      }
      if (conjunctions.length > 0) context.sink.addConjunctions(table, flow.priority, match, conjunctions);
      else context.sink.add(table, flow.priority, match, acts, flow._uuid);
    }
  }

  #params(flow: SbRow<'Logical_Flow'>, local: LocalDatapath, ingress: boolean): EncodeParams {
    const context = this.#context;
    const release = this.#release;
    const { groups, meters } = this.#memory;
    return {
      portNumber: (name) => this.#portNumber(local, name),
      isLocalPort: (name) => context.ofports.has(name),
      tunnelPort: (name) => {
        const port = portByName(context.sb, name);
        const chassis =
          port?.datapath === local.datapath._uuid && port.chassis !== null
            ? context.sb.get('Chassis', port.chassis)?.name
            : undefined;
        return context.tunnels.find((tunnel) => tunnel.chassis === chassis)?.ofport;
      },
      isSwitch: isSwitch(local.datapath),
      groups,
      meters,
      hasCollectorSet: () => false,
      lflow: flow._uuid,
      datapathKey: local.datapath.tunnel_key,
      explicitArpNsOutput: true,
      registerConsolidation: true,
      pipeline: ingress ? 'ingress' : 'egress',
      firstTables: release.firstTables,
      outputTable: release.outputTables[ingress ? 'ingress' : 'egress'],
      controllerMeter:
        flow.controller_meter === null ? 0 : (meters.assign(flow.controller_meter, flow._uuid) ?? 0),
      commonNatZone: registerField(
        local.datapath.external_ids.get('snat-ct-zone') === undefined ? REGISTER.dnatZone : REGISTER.snatZone,
      ),
      ...release.encoding,
    };
  }
}
