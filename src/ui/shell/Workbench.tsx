/** The open document: its panels, arranged for the width of the page. */
import { memo } from 'react';
import { PaneBoundary } from '../controls/PaneBoundary.tsx';
import { useCommands } from '../commands/use-commands.ts';
import { useHotkeys } from '../commands/use-hotkeys.ts';
import { usePlayer } from '../commands/use-stepper.ts';
import { CommandPalette } from '../palette/CommandPalette.tsx';
import { KeySheet } from '../palette/KeySheet.tsx';
import { PictureProvider } from '../picture/PictureProvider.tsx';
import { WorkDialogs } from '../dialogs/WorkDialogs.tsx';
import { TopBar } from '../topbar/TopBar.tsx';
import { Announcements } from './Announcements.tsx';
import { useAddressSync, useAutosave, useNewestRun, useTitle } from './keep.ts';
import { useLayoutMode } from './layout-mode.ts';
import { MediumLayout } from './MediumLayout.tsx';
import { NarrowLayout } from './NarrowLayout.tsx';
import { WideLayout } from './WideLayout.tsx';
import { WorkStatus } from './WorkStatus.tsx';

const Workbench = memo(function Workbench() {
  const mode = useLayoutMode();
  return (
    <PictureProvider mode={mode}>
      <Keeping />
      <div className={`workbench workbench-${mode}`}>
        <PaneBoundary name="The top bar">
          <TopBar mode={mode} />
        </PaneBoundary>
        {mode === 'wide' && <WideLayout />}
        {mode === 'medium' && <MediumLayout />}
        {mode === 'narrow' && <NarrowLayout />}
      </div>
      <WorkStatus />
    </PictureProvider>
  );
});

/** What goes on while the document is open, and draws nothing but what floats. */
function Keeping() {
  const commands = useCommands();
  useHotkeys(commands);
  usePlayer();
  useNewestRun();
  useTitle();
  return (
    <>
      <Following />
      <CommandPalette commands={commands} />
      <KeySheet commands={commands} />
      <WorkDialogs />
      <Announcements />
    </>
  );
}

/** What follows every step, and draws nothing. */
function Following() {
  useAddressSync();
  useAutosave();
  return null;
}

export default Workbench;
