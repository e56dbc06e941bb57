/** The logical flows that a northbound row makes, by stage, with how many OpenFlow flows each is on every machine. */
import { useState } from 'react';
import type { Explained } from '../../engine/questions/logical-flows.ts';
import { useMadeFlows } from '../engine/questions.ts';
import type { ShownRow } from '../store/slices.ts';
import { useActions } from '../store/StoreProvider.tsx';

type Flow = Explained['flows'][number];

/** Stages in order, with their flows. */
function byStage(flows: readonly Flow[]): readonly (readonly [string, readonly Flow[]])[] {
  const stages = new Map<string, Flow[]>();
  for (const flow of flows) {
    const list = stages.get(flow.stage);
    if (list) list.push(flow);
    else stages.set(flow.stage, [flow]);
  }
  return [...stages];
}

/** `hv1 4, hv2 4`. */
export function chassisText(flows: readonly Pick<Flow, 'chassis'>[]): string {
  const counts = new Map<string, number>();
  for (const { chassis } of flows)
    for (const { host, flows: count } of chassis) counts.set(host, (counts.get(host) ?? 0) + count);
  return [...counts].map(([host, count]) => `${host} ${count}`).join(', ');
}

function Stage({ name, flows }: { readonly name: string; readonly flows: readonly Flow[] }) {
  const [open, setOpen] = useState(flows.length <= 4);
  const { showRow } = useActions();
  const chassis = chassisText(flows);
  return (
    <li>
      <button type="button" className="made-stage" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>{name}</b>
        <span>
          {flows.length} {flows.length === 1 ? 'flow' : 'flows'}
          {chassis !== '' && <span title="OpenFlow flows on each machine">, {chassis}</span>}
        </span>
      </button>
      {open && (
        <ol>
          {flows.map((flow) => (
            <li key={flow.uuid}>
              <button
                type="button"
                className="made-flow"
                onClick={() =>
                  showRow({ database: 'OVN_Southbound', table: 'Logical_Flow', uuid: flow.uuid })
                }
              >
                <span>{flow.priority}</span>
                <code>{flow.match}</code>
              </button>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

export function MadeFlows({ shown }: { readonly shown: ShownRow }) {
  const { data, isFetching, isPending, percent, stop, refetch } = useMadeFlows({
    table: shown.table,
    uuid: shown.uuid,
  });
  if (isPending && isFetching)
    return (
      <p className="quiet made-search" aria-live="polite">
        Looking for its flows{percent === null ? '.' : `: ${percent} %`}
        {percent !== null && (
          <button type="button" className="row-link" onClick={stop}>
            Stop
          </button>
        )}
      </p>
    );
  if (isPending)
    return (
      <p className="quiet made-search">
        <button type="button" className="row-link" onClick={() => void refetch()}>
          Look for its flows
        </button>
      </p>
    );
  if (!data || data.flows.length === 0) return null;
  return (
    <section aria-label="Flows that it makes">
      <h4>
        Makes {data.flows.length} logical {data.flows.length === 1 ? 'flow' : 'flows'}
      </h4>
      <ol className="made-stages">
        {byStage(data.flows).map(([name, flows]) => (
          <Stage key={name} name={name} flows={flows} />
        ))}
      </ol>
    </section>
  );
}
