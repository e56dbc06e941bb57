/**
 * Gathers the logical flows that one subject (a switch, a port, a load balancer ...) gives rise to. Each flow knows the
 * row that caused it and the line of northd.c (26.03.2) that adds it there, which ovn-trace prints.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { Stage } from './stages.table.ts';

/** The northbound row whose flows are made together. */
export interface Subject {
  readonly table: string;
  readonly uuid: Uuid;
}

export interface LogicalFlow {
  /** Northbound uuids of the switches or routers that have the flow. */
  readonly datapaths: readonly Uuid[];
  readonly stage: Stage;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
  /** Line of northd.c. */
  readonly line: number;
  /** The row whose uuid begins with external_ids:stage-hint. */
  readonly hint: Uuid | undefined;
  /** The port on which the flow depends, for ovn-controllers that do not have it: tags:in_out_port. */
  readonly port: string | undefined;
  readonly meter: string | undefined;
  readonly description: string | undefined;
  readonly ctTranslation: boolean;
  /** The northbound rows that gave rise to it, the nearest first. */
  readonly causes: readonly Uuid[];
}

interface FlowExtras {
  readonly hint?: Uuid | undefined;
  readonly port?: string | undefined;
  readonly meter?: string | undefined;
  readonly description?: string | undefined;
  readonly ctTranslation?: boolean | undefined;
}

/** Adds a flow to the datapath or datapaths for which the function was made. */
export type AddFlow = (
  stage: Stage,
  priority: number,
  match: string,
  actions: string,
  line: number,
  extras?: FlowExtras,
) => void;

const NO_EXTRAS: FlowExtras = {};

/** The flows of one subject, in the order in which they were added. */
export class FlowList {
  readonly flows: LogicalFlow[] = [];
  private readonly own: readonly Uuid[];
  /** Whole datapaths are no cause of what a row of theirs asks for. */
  private readonly isDatapath: boolean;

  constructor({ table, uuid }: Subject) {
    this.own = [uuid];
    this.isDatapath = table === 'Logical_Switch' || table === 'Logical_Router';
  }

  private causesOf(hint: Uuid | undefined): readonly Uuid[] {
    const [own] = this.own;
    if (hint === undefined || hint === own) return this.own;
    return this.isDatapath || own === undefined ? [hint] : [hint, own];
  }

  /** The function that adds flows to one datapath. */
  to(datapath: Uuid): AddFlow {
    return this.toAll([datapath]);
  }

  /** The function that adds flows to several datapaths at once. Nothing happens for none. */
  toAll(datapaths: readonly Uuid[]): AddFlow {
    return (stage, priority, match, actions, line, extras = NO_EXTRAS) => {
      if (datapaths.length === 0) return;
      this.flows.push({
        datapaths,
        stage,
        priority,
        match,
        actions,
        line,
        hint: extras.hint,
        port: extras.port,
        meter: extras.meter,
        description: extras.description,
        ctTranslation: extras.ctTranslation ?? false,
        causes: this.causesOf(extras.hint),
      });
    };
  }
}
