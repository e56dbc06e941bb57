/**
 * Gathers the logical flows that one subject (a switch, a port, a load balancer ...) gives rise to. Each flow knows the
 * row that caused it and the line of northd.c (26.03.2) that adds it there, which ovn-trace prints.
 */
import type { Uuid } from '../../base/uuid.ts';
import type { Stage } from './stages.table.ts';

/** A northbound row. */
export interface Cause {
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
  readonly cause: Cause;
}

interface FlowExtras {
  readonly hint?: Uuid | undefined;
  readonly port?: string | undefined;
  readonly meter?: string | undefined;
  readonly description?: string | undefined;
  readonly ctTranslation?: boolean | undefined;
  readonly cause?: Cause | undefined;
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
  private readonly cause: Cause;

  constructor(cause: Cause) {
    this.cause = cause;
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
        cause: extras.cause ?? this.cause,
      });
    };
  }
}
