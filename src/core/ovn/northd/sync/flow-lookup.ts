/**
 * Logical flows by what makes two of them the same: stage, priority, match, actions, meter and kind of symbols. Looked up by
 * the match alone, which nearly always tells them apart, so that no text of all of it is ever put together.
 */
import type { LogicalFlow } from '../flows.ts';
import type { Stage } from '../stages.table.ts';

/** What two equal rows agree in, their datapaths aside. */
export type FlowIdentity = Pick<
  LogicalFlow,
  'stage' | 'priority' | 'match' | 'actions' | 'meter' | 'ctTranslation'
>;

/** What stands for a flow, each once. */
export class FlowLookup<T extends object> {
  private readonly stages = new Map<Stage, Map<string, T | T[]>>();
  private readonly agrees: (held: T, identity: FlowIdentity) => boolean;

  /** `agrees` tells whether `held`, of the same stage and match, stands for that flow. */
  constructor(agrees: (held: T, identity: FlowIdentity) => boolean) {
    this.agrees = agrees;
  }

  find(identity: FlowIdentity): T | undefined {
    const found = this.stages.get(identity.stage)?.get(identity.match);
    if (found === undefined) return undefined;
    if (Array.isArray(found)) return found.find((one) => this.agrees(one, identity));
    return this.agrees(found, identity) ? found : undefined;
  }

  /** Adds what stands for a flow that `find` did not find. */
  add({ stage, match }: Pick<FlowIdentity, 'stage' | 'match'>, held: T): void {
    let matches = this.stages.get(stage);
    if (matches === undefined) {
      matches = new Map();
      this.stages.set(stage, matches);
    }
    const found = matches.get(match);
    if (found === undefined) matches.set(match, held);
    else if (Array.isArray(found)) found.push(held);
    else matches.set(match, [found, held]);
  }

  delete({ stage, match }: FlowIdentity, held: T): void {
    const matches = this.stages.get(stage);
    const found = matches?.get(match);
    if (matches === undefined || found === undefined) return;
    if (!Array.isArray(found)) {
      matches.delete(match);
      return;
    }
    found.splice(found.indexOf(held), 1);
    if (found.length === 0) matches.delete(match);
  }
}
