/** A node's NIC template: its text, with the lines that made each device; a line chooses its device in the drawing, a device its lines. */
import { useEffect, useMemo } from 'react';
import type { NicTemplate } from '../../engine/questions/deployment.ts';
import type { Subject } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useQuestion } from '../engine/questions.ts';
import { isSameThing, type Lit } from '../picture/lit.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { hostOf } from '../subjects/actions.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { FileText } from './FileText.tsx';

type Made = NicTemplate['devices'][number];

interface NicTemplateViewProps {
  readonly onLit: (lit: Lit) => void;
}

export function NicTemplateView({ onLit }: NicTemplateViewProps) {
  const { snapshot } = useWorld();
  const { select } = useActions();
  const subject = usePage((state) => state.selection.subject);
  const nodes = (snapshot.deployment?.nodes ?? []).filter(({ template }) => template !== null);
  const host = subject && hostOf(subject);
  const node = (nodes.find(({ name }) => name === host) ?? nodes[0])?.name ?? '';
  const { data } = useQuestion('nicTemplate', { node });
  if (nodes.length === 0) return <Empty text="No node here was wired by a template." />;
  return (
    <div className="nic-template">
      <div className="nic-template-head">
        <Choice
          label="Node"
          bare
          value={node}
          options={nodes.map(({ name, role }) => ({ value: name, text: name, group: role }))}
          onChange={(name) => select({ kind: 'host', host: name })}
        />
      </div>
      {data?.node === node && <TemplateText template={data} onLit={onLit} />}
    </div>
  );
}

function TemplateText({ template, onLit }: NicTemplateViewProps & { readonly template: NicTemplate }) {
  const { snapshot } = useWorld();
  const { select } = useActions();
  const subject = usePage((state) => state.selection.subject);
  const { node, devices } = template;
  const chosen = useMemo(
    () => devices.find(({ name }) => subject && isSameThing(subject, thingOf(snapshot, node, name))),
    [devices, subject, snapshot, node],
  );
  useEffect(() => {
    onLit({
      things: chosen ? [thingOf(snapshot, node, chosen.name)] : null,
      broken: [],
      frame: { kind: 'host', host: node },
    });
  }, [chosen, snapshot, node, onLit]);
  const lit = useMemo(() => new Set(chosen?.lines), [chosen]);
  const byLine = useMemo(() => devicesByLine(devices), [devices]);
  return (
    <FileText
      path={template.file}
      text={template.text}
      lit={lit}
      live={byLine.live}
      notes={byLine.notes}
      onLine={(line) => {
        // A line of a loop made several devices: the next of them each time.
        const made = byLine.devices.get(line) ?? [];
        const at = chosen ? made.indexOf(chosen) : -1;
        const next = made[(at + 1) % Math.max(1, made.length)];
        if (next) select(thingOf(snapshot, node, next.name));
      }}
    />
  );
}

/** The bridge or device of that name on a node. */
function thingOf({ hosts }: WorldSnapshot, host: string, name: string): Subject {
  const bridges = hosts.find((one) => one.name === host)?.bridges ?? [];
  return bridges.some((bridge) => bridge.name === name)
    ? { kind: 'bridge', host, bridge: name }
    : { kind: 'link', host, namespace: '', device: name };
}

function devicesByLine(made: readonly Made[]): {
  readonly devices: ReadonlyMap<number, readonly Made[]>;
  readonly live: ReadonlySet<number>;
  /** Beside the first line of each block what it made. */
  readonly notes: ReadonlyMap<number, string>;
} {
  const devices = new Map<number, Made[]>();
  const first = new Map<number, string[]>();
  for (const device of made) {
    for (const line of device.lines) {
      const list = devices.get(line);
      if (list) list.push(device);
      else devices.set(line, [device]);
    }
    const [start] = device.lines;
    if (start !== undefined) first.set(start, [...(first.get(start) ?? []), device.name]);
  }
  return {
    devices,
    live: new Set(devices.keys()),
    notes: new Map([...first].map(([line, names]) => [line, names.join(' ')])),
  };
}
