/** The calls of the engine protocol that ask about rows. */
import { createRandom } from '../../../core/base/random.ts';
import type { CallName } from '../../protocol.ts';
import type { QuestionCalls } from '../../questions.ts';
import type { Call } from '../call.ts';
import { heldMessages } from '../control-plane.ts';
import { Refused } from '../refused.ts';
import { bgpSession, bgpTable } from './bgp.ts';
import { rowAnswer } from './database-rows.ts';
import { causesOf, explain } from './explain.ts';
import { findRows } from './find-rows.ts';
import { datapathEntries, ladderOf, stageFlows } from './ladder.ts';
import { loadBalancing } from './load-balancing.ts';
import { microflowProblem, traceablePorts } from './logical-trace.ts';
import { nicTemplate } from './nic-template.ts';
import { packetMicroflow } from './pasted-packet.ts';
import { knownPrefixes, prefixRoads } from './prefix-road.ts';
import { whyNot } from './why-not.ts';

const NO_SOUTHBOUND = 'No southbound database is open.';

export const QUESTION_CALLS: { readonly [Name in keyof QuestionCalls & CallName]: Call<Name> } = {
  whyNot: (session, ask) =>
    whyNot(
      session.world,
      (table) => session.questions.stage(table),
      () => session.questions.southbound(),
      ask,
    ),
  nicTemplate: (session, { node }) => nicTemplate(session.deployment, node),
  deploymentFiles: (session) =>
    [...(session.deployment?.files ?? [])].map(([name, text]) => ({ name, text })),
  loadBalancing: (session) => loadBalancing(session.world),
  bgpTable: (session, { speaker, family, search }) => bgpTable(session.world, speaker, family, search),
  whatChanged: (session) => session.whatChanged(),
  heldMessages: (session) => heldMessages(session.world),
  bgpSession: (session, { id }) => bgpSession(session.world, id),
  prefixes: (session) => knownPrefixes(session.world, session.databases()),
  prefixRoads: (session, { prefix }) => prefixRoads(session.world, session.databases(), prefix),
  bridges: (session) => session.questions.bridges.bridges(),
  checkBridge: (session, { host, bridge }) => session.questions.bridges.check(host, bridge),
  flows: (session, ask) => session.questions.bridges.flows(ask),
  flowShapes: (session, ask) => session.questions.bridges.shapes(ask),
  row: (session, { database, table, uuid }) => {
    const found = session.browsable().find((one) => one.name === database || one.schema.name === database);
    if (!found) throw new Refused(`There is no database ${database}.`);
    return rowAnswer(found, table, uuid);
  },
  findRows: (session, { start }) => findRows(session.browsable(), start),
  changes: (session) => session.questions.changes.answer(),
  datapaths: (session) => {
    const { sb } = session.databases();
    return sb ? datapathEntries(sb) : [];
  },
  ladder: (session, { datapath }) => {
    const { sb } = session.databases();
    return sb ? ladderOf(sb, datapath as never) : null;
  },
  stageFlows: (session, ask) => {
    const { sb } = session.databases();
    return sb ? stageFlows(sb, ask) : [];
  },
  explain: async (session, ask, context) => {
    const { nb, sb } = session.databases();
    if (!nb || !sb) return null;
    return explain(session.world, { nb, sb }, await session.questions.causes(context), ask);
  },
  causes: async (session, { uuid }, context) => {
    const { nb, sb } = session.databases();
    if (!sb) return null;
    return causesOf(session.world, { nb, sb }, await session.questions.causes(context), uuid);
  },
  tracePorts: (session) => {
    const { sb } = session.databases();
    return sb ? traceablePorts(sb) : [];
  },
  checkMicroflow: (session, { microflow }) => {
    const southbound = session.questions.southbound();
    return southbound ? microflowProblem(southbound, microflow) : NO_SOUTHBOUND;
  },
  traceMicroflow: (session, ask) => {
    const southbound = session.questions.southbound();
    if (!southbound) throw new Refused(NO_SOUTHBOUND);
    return session.questions.traces.run(southbound, ask, createRandom(1));
  },
  traceWhyNot: (session, { node }) => session.questions.traces.whyNot(node),
  packetMicroflow: (_, { hex, inport }) => packetMicroflow(hex, inport),
};
