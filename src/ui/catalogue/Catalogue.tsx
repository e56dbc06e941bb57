/** The empty state: scenarios to open, work to go on with, and a place for files. */
import { Busy } from '../controls/Busy.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { ProductMark } from '../glyphs/ProductMark.tsx';
import { formatRoute, routeTo } from '../document/route.ts';
import { useScenarios } from '../engine/queries.ts';
import { failureOf } from '../engine/session.ts';
import { ThemeMenu } from '../topbar/ThemeMenu.tsx';
import { useOpenerState, useServices } from '../shell/Services.tsx';
import { FileChooser } from '../dialogs/FileChooser.tsx';
import { PasteBox } from '../dialogs/PasteBox.tsx';
import { FabricForm } from './FabricForm.tsx';
import { KeptDocuments } from './KeptDocuments.tsx';
import { ModelledNote } from './ModelledNote.tsx';
import { useKept } from './use-kept.ts';
import { SketchOf } from './SketchOf.tsx';
import './catalogue.css';

/** Frames of the cards to come, about as many, so that what is under them need not move. */
const BLANKS = [0, 1, 2, 3, 4, 5, 6, 7];

export function Catalogue() {
  const { shelf, opener } = useServices();
  const { working } = useOpenerState();
  const scenarios = useScenarios();
  const kept = useKept(shelf);
  return (
    <div className="catalogue scroll">
      <header className="catalogue-bar">
        <span className="mark">
          <ProductMark />
          <b>Hopscope</b>
        </span>
        <ThemeMenu />
      </header>
      <main className="catalogue-body">
        <div className="catalogue-lead">
          <h1>A debugger for packets</h1>
          <p>
            Open a network, type the real commands into it, and follow a packet hop by hop, table by table.
          </p>
        </div>
        <section aria-labelledby="catalogue-scenarios">
          <h2 id="catalogue-scenarios">Scenarios</h2>
          {scenarios.isPending && (
            <div className="catalogue-busy">
              <Busy text="Loading the catalogue" part={null} />
            </div>
          )}
          {scenarios.isError && (
            <p className="catalogue-problem">
              The catalogue could not be read: {failureOf(scenarios.error).message}
            </p>
          )}
          <ul className="catalogue-list">
            {scenarios.isPending &&
              BLANKS.map((at) => (
                <li key={at} className="catalogue-card catalogue-blank" aria-hidden="true" />
              ))}
            {scenarios.data?.map((entry) => (
              <li key={entry.id}>
                <a className="catalogue-card" href={formatRoute(routeTo({ kind: 'scenario', id: entry.id }))}>
                  <SketchOf shape={entry.shape} />
                  <span className="catalogue-text">
                    <b>{entry.title}</b>
                    <span>{entry.summary}</span>
                    <small>
                      {entry.hosts} {entry.hosts === 1 ? 'machine' : 'machines'}, {entry.tryNext.length}{' '}
                      {entry.tryNext.length === 1 ? 'command' : 'commands'} to try
                    </small>
                  </span>
                  <Glyph name="chev" />
                </a>
              </li>
            ))}
          </ul>
        </section>
        <div className="catalogue-own">
          <section aria-labelledby="catalogue-files">
            <h2 id="catalogue-files">Your files</h2>
            <FileChooser />
            <PasteBox />
            {working && <Busy text={working.text} part={working.part} onCancel={opener.cancel} />}
          </section>
          <FabricForm />
          {(kept.entries.length > 0 || kept.forgotten) && <KeptDocuments kept={kept} />}
          <ModelledNote />
        </div>
      </main>
    </div>
  );
}
