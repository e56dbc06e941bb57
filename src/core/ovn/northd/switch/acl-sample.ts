/** Sampling of what ACLs decide: marks set where an ACL matches, and the flows that take the samples. */
import type { NbRow } from '../../../ovsdb/index.ts';
import type { AddFlow } from '../flows.ts';
import { aclStageKind } from '../model/access.ts';
import type { Acl, AclStageKind } from '../model/access.ts';
import type { Model } from '../model/model.ts';
import { SWITCH_BIT, SWITCH_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';

type Sample = NbRow<'Sample'>;
type Collector = NbRow<'Sample_Collector'>;

const OBSERVATION: Readonly<Record<AclStageKind, number>> = { ingress: 0, afterLb: 1, egress: 2 };
const SAMPLE_STAGE: Readonly<Record<AclStageKind, Stage>> = {
  ingress: STAGE.ls_in_acl_sample,
  afterLb: STAGE.ls_in_acl_after_lb_sample,
  egress: STAGE.ls_out_acl_sample,
};
const ESTABLISHED = 'flags.pkt_sampled == 0 && ip && ct.trk && (ct.est || ct.rel) && ';

function collectorsOf(m: Model, sample: Sample): readonly Collector[] {
  return m.nb.rows('Sample_Collector', sample.collectors);
}

/** Actions by which an ACL leaves its label and sample points for later stages. */
export function labelActions(m: Model, acl: Acl, withEstablished: boolean, kind: AclStageKind): string {
  const sampleNew = m.nb.row('Sample', acl.sample_new);
  const sampleEst = withEstablished ? m.nb.row('Sample', acl.sample_est) : undefined;
  if (acl.label === 0 && sampleNew === undefined && sampleEst === undefined) return '';
  const point = (sample: Sample | undefined): number =>
    acl.label === 0 ? (sample?.metadata ?? 0) : acl.label;
  const collector = (sample: Sample | undefined): number => {
    if (acl.label !== 0 || sample?.collectors.length !== 1) return 0;
    return (collectorsOf(m, sample)[0]?.id ?? 0) & 0xff;
  };
  return (
    `${SWITCH_BIT.aclLabel} = 1; ${SWITCH_REG.observationPointNew} = ${point(sampleNew)}; ` +
    `${SWITCH_REG.observationPointEstablished} = ${point(sampleEst)}; ` +
    `${SWITCH_REG.collectorNew} = ${collector(sampleNew)}; ` +
    `${SWITCH_REG.collectorEstablished} = ${collector(sampleEst)}; ` +
    `${SWITCH_REG.observationStage} = ${OBSERVATION[kind]}; `
  );
}

const sampleCall = (collector: Collector, domain: number, point: string | number): string =>
  `sample(probability=${collector.probability & 0xffff},collector_set=${collector.set_id},obs_domain=${domain},obs_point=${point});`;

/** The samples of one point, for every collector. */
function sampleActions(m: Model, acl: Acl, sample: Sample, domain: number): string {
  if (domain === 0) return '';
  const collectors = collectorsOf(m, sample);
  const point = acl.label === 0 ? sample.metadata : acl.label;
  const calls = collectors
    .map((collector) => sampleCall(collector, acl.label === 0 ? domain : 0, point))
    .join('');
  return `${collectors.length > 0 ? 'flags.pkt_sampled = 1; ' : ''}${calls} next;`;
}

/** The flows that sample new and established connections of an ACL. */
export function addSamples(m: Model, acl: Acl, statefulSwitch: boolean, add: AddFlow): void {
  const sampleNew = m.nb.row('Sample', acl.sample_new);
  const sampleEst = m.nb.row('Sample', acl.sample_est);
  const established = statefulSwitch && sampleEst !== undefined && acl.action === 'allow-related';
  const stateful = statefulSwitch && acl.action !== 'allow-stateless';
  if (sampleNew === undefined && !established) return;
  const kind = aclStageKind(acl);
  const stage = SAMPLE_STAGE[kind];
  const apps = m.samplingApps();
  const generic = m.features().sampleWithRegisters;
  const fresh = stateful ? (kind === 'egress' ? 'ip && (ct.new || !ct.trk)' : 'ip && ct.new') : 'ip';
  if (sampleNew !== undefined) {
    const only = sampleNew.collectors.length === 1 && generic ? collectorsOf(m, sampleNew)[0] : undefined;
    if (only === undefined) {
      const point = acl.label === 0 ? sampleNew.metadata : acl.label;
      const match = `${fresh} && ${SWITCH_REG.observationPointNew} == ${point}`;
      add(stage, 1100, match, sampleActions(m, acl, sampleNew, apps.aclNew), 7103);
    } else {
      const match =
        `${fresh} && ${SWITCH_REG.collectorNew} == ${only.id}` +
        ` && ${SWITCH_REG.observationStage} == ${OBSERVATION[kind]}`;
      const call = sampleCall(only, apps.aclNew, SWITCH_REG.observationPointNew);
      add(stage, stateful ? 1000 : 900, match, `flags.pkt_sampled = 1; ${call} next;`, 7245);
    }
  }
  if (stateful && sampleEst !== undefined) addEstablished(m, acl, sampleEst, kind, add);
}

function addEstablished(m: Model, acl: Acl, sample: Sample, kind: AclStageKind, add: AddFlow): void {
  const stage = SAMPLE_STAGE[kind];
  const replies = kind === 'egress' ? STAGE.ls_in_acl_sample : STAGE.ls_out_acl_sample;
  const domain = m.samplingApps().aclEstablished;
  const only =
    sample.collectors.length === 1 && m.features().sampleWithRegisters
      ? collectorsOf(m, sample)[0]
      : undefined;
  if (only === undefined) {
    const point = acl.label === 0 ? sample.metadata : acl.label;
    const label = `ct_label.obs_point_id == ${point} && ct_label.obs_unused == 0`;
    const actions = sampleActions(m, acl, sample, domain);
    add(stage, 1200, `${ESTABLISHED}!ct.rpl && ${label}`, actions, 7131);
    add(replies, 1200, `${ESTABLISHED}ct.rpl && ${label}`, actions, 7165);
    return;
  }
  const actions = `flags.pkt_sampled = 1; ${sampleCall(only, domain, 'ct_label.obs_point_id')} next;`;
  const of = `ct_mark.obs_collector_id == ${only.id}`;
  const original = `ct_label.obs_unused == 0 && !ct.rpl && ${of} && ct_mark.obs_stage == ${OBSERVATION[kind]}`;
  add(stage, 1000, ESTABLISHED + original, actions, 7286);
  add(replies, 1000, `${ESTABLISHED}ct_label.obs_unused == 0 && ct.rpl && ${of}`, actions, 7297);
}
