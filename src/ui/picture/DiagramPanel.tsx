/** The picture with what belongs to it: the filter above, zoom, legend and overview on it. */
import { useCallback, useState } from 'react';
import { Busy } from '../controls/Busy.tsx';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { Empty } from '../controls/Empty.tsx';
import { canPing } from '../compose/ends.ts';
import { dimmedAround, subjectId } from '../../view/index.ts';
import { drawnLens } from '../store/lenses.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { describeSubject } from '../subjects/describe.ts';
import { SubjectMenu, type MenuTarget } from '../subjects/SubjectMenu.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { PickBanner } from '../compose/PickBanner.tsx';
import { FaultBar } from '../faults/FaultBar.tsx';
import { DiagramCanvas } from './DiagramCanvas.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { FilterField } from './FilterField.tsx';
import { DeploymentLens } from '../deployment/DeploymentLens.tsx';
import { L2Lens } from '../layer2/L2Lens.tsx';
import { Legend } from './Legend.tsx';
import type { Drawing } from './lit.ts';
import { useWorld } from './PictureProvider.tsx';
import { useReveal } from './reveal.ts';
import { useDimmed } from './use-dimmed.ts';
import './picture.css';
import { PING } from '../compose/new-packet.ts';

export function DiagramPanel({ mode }: { readonly mode: LayoutMode }) {
  const { snapshot, model, leftOut, arranging } = useWorld();
  const focus = usePage((state) => state.arrangement.focus);
  const lens = usePage((state) => state.viewport.lens);
  const { openDialog, setFocus } = useActions();
  const reveal = useReveal();
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const closeMenu = useCallback(() => setMenu(null), []);
  const { filtered, dimmed } = useDimmed();
  const drawing: Drawing = (lit) => (
    <DiagramCanvas
      mode={mode}
      dimmed={lit.things === null ? dimmed : dimmedAround('', new Set(lit.things.map(subjectId)), model)}
      lit={lit}
      onMenu={setMenu}
    />
  );
  const empty = model.nodes.length === 0;
  // On a wide page all panels, with the borders between them, are the main part.
  const Frame = mode === 'wide' ? 'div' : 'main';
  return (
    <Frame className="picture-main">
      <section className="picture" aria-label="Diagram">
        {mode !== 'narrow' && (
          <div className="picture-head">
            <FilterField
              problem={filtered.ok ? null : filtered.error}
              dimmed={filtered.ok ? filtered.value.size : 0}
              total={model.nodes.length}
            />
            {focus && (
              <span className="focus-chip">
                <Glyph name="eye" size={14} />
                {describeSubject(focus, snapshot).name}
                <IconButton
                  glyph="cross"
                  size={12}
                  label="Look at everything"
                  onClick={() => setFocus(null)}
                />
              </span>
            )}
            {canPing(snapshot) && (
              <Button glyph="ping" onClick={() => openDialog({ kind: 'compose', draft: PING })}>
                Ping
              </Button>
            )}
          </div>
        )}
        {mode !== 'narrow' && <FirstSteps />}
        <FaultBar />
        {lens === 'overlay' && !empty && model.edges.every(({ kind }) => kind !== 'tunnel') && (
          <p className="picture-note">
            {mode === 'narrow'
              ? 'No tunnels here.'
              : 'No tunnels here: what these machines send one another goes over their cables as it is.'}
          </p>
        )}
        <div className="picture-body">
          {lens === 'l2' ? (
            <L2Lens mode={mode} drawing={drawing} />
          ) : lens === 'deployment' ? (
            <DeploymentLens mode={mode} drawing={drawing} />
          ) : (
            <DiagramCanvas mode={mode} dimmed={dimmed} onMenu={setMenu} />
          )}
          {empty && (arranging ? <Arranging /> : leftOut > 0 ? <NothingHolds /> : <EmptyLens />)}
          <PickBanner />
          {mode === 'wide' && lens === drawnLens(lens) && <Legend />}
        </div>
        <SubjectMenu target={menu} onClose={closeMenu} onReveal={reveal} />
      </section>
    </Frame>
  );
}

/** A large picture is on its way. */
function Arranging() {
  return (
    <div className="picture-empty">
      <Busy text="Arranging the picture" part={null} />
    </div>
  );
}

/** The filter leaves everything out. */
function NothingHolds() {
  const { setLeavesOut } = useActions();
  return (
    <div className="picture-empty">
      <Empty text="Nothing in this picture holds the filter.">
        <Button weight="line" onClick={() => setLeavesOut(false)}>
          Dim instead
        </Button>
      </Empty>
    </div>
  );
}

/** The lens has nothing to show: says what there is instead. */
function EmptyLens() {
  const { snapshot } = useWorld();
  const lens = usePage((state) => state.viewport.lens);
  const { setLens, showTerminal } = useActions();
  const host = snapshot.hosts[0]?.name;
  if (lens !== 'logical')
    return (
      <div className="picture-empty">
        <Empty text="These files hold no machines: only the logical network is known.">
          <Button weight="line" onClick={() => setLens('logical')}>
            Show the logical network
          </Button>
        </Empty>
      </div>
    );
  return (
    <div className="picture-empty">
      <Empty
        text={
          <>
            No logical switch or router yet. Make one with{' '}
            <code className="whole-code">ovn-nbctl ls-add</code>.
          </>
        }
      >
        {host && (
          <Button weight="line" onClick={() => showTerminal(host)}>
            Open the terminal of {host}
          </Button>
        )}
      </Empty>
    </div>
  );
}
