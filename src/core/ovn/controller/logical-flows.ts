/**
 * Logical flows as OpenFlow: every row of Logical_Flow for every local datapath that it is for. What cannot be read is
 * left out and told, as ovn-controller warns in its log.
 */
import { ok, type Result } from '../../base/result.ts';
import type { Uuid } from '../../base/uuid.ts';
import { FIELDS, matchFieldValue, registerField, setMatchField } from '../../flow/index.ts';
import type { OfpAct } from '../../ofproto/index.ts';
import type { SbDatabase, SbRow } from '../../ovsdb/index.ts';
import {
  encodeActions,
  parseActions,
  type Action,
  type EncodeParams,
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
import type { Numbers } from './numbers.ts';
import type { ControllerRelease } from './release/release.ts';
import { fillTemplates } from './template-values.ts';
import type { TranslationCache, TranslatedMatch } from './translation-cache.ts';

/** A logical flow that could not be translated. */
export interface LogicalFlowProblem {
  readonly flow: Uuid;
  readonly message: string;
}

export interface LogicalTranslation {
  readonly context: PhysicalContext;
  readonly groups: Numbers;
  readonly meters: Numbers;
  readonly templates: ReadonlyMap<string, string>;
  /** Kept from pass to pass. */
  readonly parsed: ParsedFlows;
  /** Logical ports whose traffic this chassis handles. */
  readonly isRelated: (port: SbRow<'Port_Binding'>) => boolean;
  readonly release: ControllerRelease;
  readonly cache: TranslationCache;
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

/** What a row's actions mean for good: no template or DHCP option that other rows define is part of them. */
const isSelfContained = ({ match, actions }: SbRow<'Logical_Flow'>): boolean =>
  !match.includes('^') && !actions.includes('^') && !actions.includes('put_dhcp');

/** Rows that were parsed, for as long as they are the same rows. */
export type ParsedFlows = WeakMap<object, Parsed>;

/** Address sets of the southbound database, read once each. */
function addressSets(sb: SbDatabase): NonNullable<ConstantNames['addressSet']> {
  const sets = new Map<string, readonly NumberLiteral[] | undefined>();
  const read = (name: string): readonly NumberLiteral[] | undefined =>
    sb
      .find('Address_Set', 'name', name)[0]
      ?.addresses.flatMap((text) => parseConstantSet(new Lexer(text))?.constants ?? [])
      .flatMap(({ value }) => (typeof value === 'string' ? [] : [value]));
  return (name) => {
    if (!sets.has(name)) sets.set(name, read(name));
    return sets.get(name);
  };
}

/** An expired TTL is told to no controller: OpenFlow's own action, which the switch shows as `dec_ttl()`. */
function asInstalled(act: OfpAct): OfpAct {
  if (act.kind === 'dec_ttl') return { kind: 'dec_ttl', controllerIds: [], explicit: true };
  return act.kind === 'clone' ? { ...act, actions: act.actions.map(asInstalled) } : act;
}

class Translator {
  readonly #translation: LogicalTranslation;
  readonly #symbols: SymbolTable;
  readonly #connectionSymbols: SymbolTable = connectionSymbols();
  readonly #addressSet: NonNullable<ConstantNames['addressSet']>;
  /** The expression of the flow at hand, read once for all its datapaths. */
  readonly #expressions = new Map<Uuid, Result<Expr>>();
  readonly #problems = new Map<Uuid, string>();

  constructor(translation: LogicalTranslation) {
    this.#translation = translation;
    this.#symbols = translation.release.symbols();
    this.#addressSet = addressSets(translation.context.sb);
  }

  /** The southbound database has each port group once for each datapath, under the datapath's key; ports elsewhere do not count. */
  #names(datapathKey: number): ConstantNames {
    const { sb } = this.#translation.context;
    return {
      addressSet: this.#addressSet,
      portGroup: (name) =>
        sb.find('Port_Group', 'name', `${datapathKey}_${name}`)[0]?.ports.filter((port) => {
          const row = portByName(sb, port);
          return row !== undefined && this.#translation.isRelated(row);
        }),
    };
  }

  get problems(): readonly LogicalFlowProblem[] {
    return [...this.#problems].map(([flow, message]) => ({ flow, message }));
  }

  #parse(flow: SbRow<'Logical_Flow'>): Result<Parsed> {
    const { templates, parsed } = this.#translation;
    const known = parsed.get(flow);
    if (known) return ok(known);
    const actions = parseActions(fillTemplates(flow.actions, templates), this.#symbols, this.#env(flow));
    if (!actions.ok) return actions;
    const read = {
      actions: actions.value.actions,
      prerequisites: actions.value.prerequisites,
      text: fillTemplates(flow.match, templates),
    };
    if (isSelfContained(flow)) parsed.set(flow, read);
    return ok(read);
  }

  #expression(flow: SbRow<'Logical_Flow'>, parsed: Parsed, datapathKey: number): Result<Expr> {
    const symbols = flow.tags.get('acl_ct_translation') === 'true' ? this.#connectionSymbols : this.#symbols;
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
    return this.#translation.cache.take({
      key: `${flow._uuid}/${local.datapath.tunnel_key}`,
      text: `${parsed.text}\n${flow.actions}`,
      keeps: !VARYING.test(parsed.text),
      portNumber: (name) => this.#portNumber(local, name),
      translate: (portNumber) => {
        if (perDatapath || !this.#expressions.has(flow._uuid))
          this.#expressions.set(flow._uuid, this.#expression(flow, parsed, local.datapath.tunnel_key));
        const expr = this.#expressions.get(flow._uuid);
        if (!expr?.ok) {
          this.#problems.set(flow._uuid, expr?.error ?? '');
          return undefined;
        }
        const conditions = evaluateConditions(expr.value, (name) => this.#resident(name));
        return toMatches(normalize(conditions), portNumber);
      },
    });
  }

  #env(flow: SbRow<'Logical_Flow'>): ParseEnv {
    const { sb } = this.#translation.context;
    const pipeline = flow.pipeline === 'egress' ? 'egress' : 'ingress';
    return {
      pipeline,
      tableCount: PIPELINE_LENGTH[pipeline],
      table: flow.table_id,
      dhcpOptions: (name) => sb.find('DHCP_Options', 'name', name)[0],
      dhcpv6Options: (name) => sb.find('DHCPv6_Options', 'name', name)[0],
    };
  }

  translate(flow: SbRow<'Logical_Flow'>, datapaths: readonly LocalDatapath[]): void {
    const name = flow.tags.get('in_out_port');
    const port = name === undefined ? undefined : portByName(this.#translation.context.sb, name);
    if (name !== undefined && !port) return;
    const parsed = this.#parse(flow);
    if (!parsed.ok) {
      this.#problems.set(flow._uuid, parsed.error);
      return;
    }
    for (const local of datapaths) {
      if (port && !this.#isRelatedKey(local, port.tunnel_key)) continue;
      const matches = this.#matches(flow, parsed.value, local);
      if (matches && matches.length > 0) this.#translateOn(flow, parsed.value.actions, matches, local);
    }
    this.#expressions.delete(flow._uuid);
  }

  #portNumber(local: LocalDatapath, name: string): number | undefined {
    const { sb } = this.#translation.context;
    if (name === 'none') return 0;
    const port = portByName(sb, name);
    if (port?.datapath === local.datapath._uuid) return port.tunnel_key;
    return sb.find('Multicast_Group', 'name', name).find((group) => group.datapath === local.datapath._uuid)
      ?.tunnel_key;
  }

  #resident(name: string): boolean {
    const { context } = this.#translation;
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
    const { context, release } = this.#translation;
    const ingress = flow.pipeline === 'ingress';
    const table = release.firstTables[ingress ? 'ingress' : 'egress'] + flow.table_id;
    const acts = encodeActions(actions, this.#params(flow, local, ingress)).map(asInstalled);
    const portRegister = registerField(ingress ? REGISTER.inport : REGISTER.outport);
    for (const { match, conjunctions } of matches) {
      setMatchField(match, FIELDS.metadata, local.datapath.tunnel_key);
      if (isSwitch(local.datapath)) {
        const key = Number(matchFieldValue(match, portRegister));
        if (key !== 0 && !this.#isRelatedKey(local, key)) continue;
      }
      if (conjunctions.length > 0) context.sink.addConjunctions(table, flow.priority, match, conjunctions);
      else context.sink.add(table, flow.priority, match, acts, flow._uuid);
    }
  }

  #isRelatedKey(local: LocalDatapath, key: number): boolean {
    const { context, isRelated } = this.#translation;
    const ports = context.sb.find('Port_Binding', 'datapath', local.datapath._uuid);
    const port = ports.find((one) => one.tunnel_key === key);
    return port !== undefined && isRelated(port);
  }

  #params(flow: SbRow<'Logical_Flow'>, local: LocalDatapath, ingress: boolean): EncodeParams {
    const { context, groups, meters, release } = this.#translation;
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

/** Adds the flows of all logical flows of local datapaths; gives those that could not be read. */
export function addLogicalFlows(translation: LogicalTranslation): readonly LogicalFlowProblem[] {
  const { sb, datapaths } = translation.context;
  const translator = new Translator(translation);
  const translated = new Set<Uuid>();
  translation.cache.beginPass();
  for (const flow of sb.rows('Logical_Flow')) {
    const group =
      flow.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', flow.logical_dp_group);
    const uuids = [
      ...(flow.logical_datapath === null ? [] : [flow.logical_datapath]),
      ...(group?.datapaths ?? []),
    ];
    const local = uuids.flatMap((uuid) => datapaths.get(uuid) ?? []);
    if (local.length === 0) continue;
    translated.add(flow._uuid);
    translation.groups.renew(flow._uuid, () =>
      translation.meters.renew(flow._uuid, () => translator.translate(flow, local)),
    );
  }
  translation.groups.keepOnly(translated);
  translation.meters.keepOnly(translated);
  translation.cache.endPass();
  return translator.problems;
}
