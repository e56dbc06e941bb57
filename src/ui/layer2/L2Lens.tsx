/** Layer 2: the table of networks by machine with the drawing above it. A cell lights up its network's whole way, and a thing of the drawing its cell. */
import { useMemo, useState } from 'react';
import type { Subject } from '../../engine/protocol.ts';
import { l2Domains, type L2Domain } from '../../view/index.ts';
import { Empty } from '../controls/Empty.tsx';
import { isSameThing, NOT_LIT, type Drawing, type Lit } from '../picture/lit.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { SplitPicture } from '../picture/SplitPicture.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { L2Table } from './L2Table.tsx';

/** Rows that are seen at once below a larger drawing. */
const FEW = 3;

export function L2Lens({ mode, drawing }: { readonly mode: LayoutMode; readonly drawing: Drawing }) {
  const { snapshot, networks } = useWorld();
  const domains = useMemo(() => l2Domains(snapshot, networks), [snapshot, networks]);
  const subject = usePage((state) => state.selection.subject);
  const [chosen, setChosen] = useState<string | null>(null);
  const row = useMemo(() => rowOf(domains, subject, chosen), [domains, subject, chosen]);
  const lit = useMemo(
    (): Lit => ({
      things: row ? thingsOf(row) : NOT_LIT.things,
      broken: domains.flatMap(({ breaks }) => breaks.map((one) => one.subject)),
      frame: null,
    }),
    [row, domains],
  );
  return (
    <SplitPicture mode={mode} side="above" short={domains.length <= FEW} drawing={drawing(lit)}>
      {domains.length === 0 ? (
        <Empty text="No device is joined to another here." />
      ) : (
        <L2Table domains={domains} lit={row?.key ?? null} onRow={setChosen} />
      )}
    </SplitPicture>
  );
}

/** The row that the selected thing is in: the one that was chosen if it is in several, else the one that it is untagged in. */
function rowOf(
  domains: readonly L2Domain[],
  subject: Subject | null,
  chosen: string | null,
): L2Domain | undefined {
  if (!subject) return undefined;
  const holding = domains.flatMap((domain) => {
    const member = [...domain.cells.values()].flat().find((one) => isSameThing(one.subject, subject));
    return member ? [{ domain, member }] : [];
  });
  return (
    holding.find(({ domain }) => domain.key === chosen) ??
    holding.find(({ member }) => member.role !== 'trunk') ??
    holding[0]
  )?.domain;
}

const thingsOf = ({ cells, breaks }: L2Domain): readonly Subject[] => [
  ...[...cells.values()].flat().map(({ subject }) => subject),
  ...breaks.map(({ subject }) => subject),
];
