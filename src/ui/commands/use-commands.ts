/** Everything that can be done from anywhere: one list for the palette, the key sheet and the keys themselves. */
import { useMemo } from 'react';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { LENSES } from '../store/lenses.ts';
import { canPing } from '../compose/ends.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { navigate } from '../shell/address.ts';
import type { DockTab } from '../store/slices.ts';
import { useActions, useHistory, usePage, usePageStore } from '../store/StoreProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { focusPanel } from './panel-focus.ts';
import { useStepper } from './use-stepper.ts';
import { PING } from '../compose/new-packet.ts';

export interface Command {
  readonly id: string;
  readonly text: string;
  readonly group: 'Step' | 'Look' | 'Do' | 'Document';
  readonly glyph: GlyphName;
  /** As `KeyboardEvent.key` with modifiers: `Shift+F11`, `Ctrl+k`, `n`. */
  readonly keys: readonly string[];
  readonly enabled: boolean;
  readonly run: () => void;
}

const DOCK: readonly { readonly tab: DockTab; readonly text: string; readonly glyph: GlyphName }[] = [
  { tab: 'trace', text: 'Show the trace', glyph: 'route' },
  { tab: 'terminal', text: 'Show the terminal', glyph: 'term' },
  { tab: 'capture', text: 'Show captures', glyph: 'packet' },
  { tab: 'ovn-trace', text: 'Show the logical trace', glyph: 'lswitch' },
  { tab: 'pipeline', text: 'Show the logical pipeline', glyph: 'table' },
  { tab: 'flows', text: 'Show the tables of a bridge', glyph: 'ovs' },
  { tab: 'bgp', text: 'Show BGP', glyph: 'speaker' },
];

const DOCK_KEYS = ['Alt+5', 'Alt+6', 'Alt+7', 'Alt+8', 'Alt+9', 'Alt+0', 'Alt+b'] as const;

export function useCommands(): readonly Command[] {
  const actions = useActions();
  const store = usePageStore();
  const { snapshot } = useWorld();
  const stepper = useStepper();
  const history = useHistory();
  const playing = usePage((state) => state.playback.playing);
  const hasHosts = snapshot.hosts.length > 0;
  const pings = canPing(snapshot);
  const { terminals } = useServices();

  return useMemo(() => {
    const { canStep } = stepper;
    const focusTerminal = (): void => {
      const { terminal } = store.getState().viewport;
      const host = snapshot.hosts.find(({ name }) => name === terminal) ?? snapshot.hosts[0];
      if (host) terminals.of(host.name).focus();
    };
    const step: Command[] = [
      {
        id: 'over',
        text: 'Step over',
        group: 'Step',
        glyph: 'over',
        keys: ['F10', 'n', 'ArrowRight'],
        enabled: canStep,
        run: () => stepper.step('over'),
      },
      {
        id: 'into',
        text: 'Step into',
        group: 'Step',
        glyph: 'into',
        keys: ['F11', 's'],
        enabled: canStep,
        run: () => stepper.step('into'),
      },
      {
        id: 'out',
        text: 'Step out',
        group: 'Step',
        glyph: 'out',
        keys: ['Shift+F11', 'u'],
        enabled: canStep,
        run: () => stepper.step('out'),
      },
      {
        id: 'back',
        text: 'Step back',
        group: 'Step',
        glyph: 'back',
        keys: ['F9', 'b', 'ArrowLeft'],
        enabled: canStep,
        run: () => stepper.step('back'),
      },
      {
        id: 'run',
        text: 'Run to the next breakpoint or the end',
        group: 'Step',
        glyph: 'end',
        keys: ['F8', 'c'],
        enabled: canStep,
        run: stepper.run,
      },
      {
        id: 'play',
        text: playing ? 'Pause' : 'Play',
        group: 'Step',
        glyph: playing ? 'pause' : 'play',
        keys: [' '],
        enabled: canStep,
        run: () => stepper.play(!playing),
      },
      {
        id: 'start',
        text: 'Go to the first step',
        group: 'Step',
        glyph: 'back',
        keys: ['Home'],
        enabled: canStep,
        run: () => stepper.step('start'),
      },
      {
        id: 'last',
        text: 'Go to the last step',
        group: 'Step',
        glyph: 'end',
        keys: ['End'],
        enabled: canStep,
        run: () => stepper.step('end'),
      },
      {
        id: 'hop',
        text: 'Step by hop',
        group: 'Step',
        glyph: 'host',
        keys: ['1'],
        enabled: true,
        run: () => actions.setLevel('hop'),
      },
      {
        id: 'stage',
        text: 'Step by stage',
        group: 'Step',
        glyph: 'ovs',
        keys: ['2'],
        enabled: true,
        run: () => actions.setLevel('stage'),
      },
      {
        id: 'action',
        text: 'Step by action',
        group: 'Step',
        glyph: 'acl',
        keys: ['3'],
        enabled: true,
        run: () => actions.setLevel('action'),
      },
    ];
    const look: Command[] = [
      ...LENSES.map(({ lens, text, glyph }, at) => ({
        id: lens,
        text: `${text} lens`,
        group: 'Look' as const,
        glyph,
        // Four numbers are the lenses' from the beginning; the dock has those after them.
        keys: [at < 4 ? `Alt+${at + 1}` : `Alt+Shift+${at - 3}`],
        enabled: true,
        run: () => actions.setLens(lens),
      })),
      ...DOCK.map(({ tab, text, glyph }, at) => ({
        id: tab,
        text,
        group: 'Look' as const,
        glyph,
        keys: [DOCK_KEYS[at] ?? ''].filter((key) => key !== ''),
        enabled: true,
        run: () => {
          actions.showDock(tab);
          if (tab === 'terminal') focusTerminal();
        },
      })),
      {
        id: 'palette',
        text: 'Find anything',
        group: 'Look',
        glyph: 'search',
        keys: ['Ctrl+k', 'F1'],
        enabled: true,
        run: () => actions.openDialog({ kind: 'palette' }),
      },
      {
        id: 'next-panel',
        text: 'Next panel',
        group: 'Look',
        glyph: 'fit',
        keys: ['F6'],
        enabled: true,
        run: () => focusPanel(1),
      },
      {
        id: 'previous-panel',
        text: 'Panel before',
        group: 'Look',
        glyph: 'fit',
        keys: ['Shift+F6'],
        enabled: true,
        run: () => focusPanel(-1),
      },
      {
        id: 'keys',
        text: 'Keyboard shortcuts',
        group: 'Look',
        glyph: 'keys',
        keys: ['?'],
        enabled: true,
        run: () => actions.openDialog({ kind: 'keys' }),
      },
      {
        id: 'first-steps',
        text: 'First steps',
        group: 'Look',
        glyph: 'play',
        keys: [],
        enabled: true,
        run: () => actions.setFirstSteps(true),
      },
      {
        id: 'light',
        text: 'Light theme',
        group: 'Look',
        glyph: 'theme',
        keys: [],
        enabled: true,
        run: () => actions.setTheme('light'),
      },
      {
        id: 'dark',
        text: 'Dark theme',
        group: 'Look',
        glyph: 'theme',
        keys: [],
        enabled: true,
        run: () => actions.setTheme('dark'),
      },
      {
        id: 'system',
        text: 'Theme of the system',
        group: 'Look',
        glyph: 'theme',
        keys: [],
        enabled: true,
        run: () => actions.setTheme('system'),
      },
    ];
    const act: Command[] = [
      {
        id: 'ping',
        text: 'Ping',
        group: 'Do',
        glyph: 'ping',
        keys: ['p'],
        enabled: pings,
        run: () => actions.openDialog({ kind: 'compose', draft: PING }),
      },
      {
        id: 'new-capture',
        text: 'Capture on a device',
        group: 'Do',
        glyph: 'packet',
        keys: ['t'],
        enabled: hasHosts,
        run: () => actions.openDialog({ kind: 'capture', host: null, namespace: '', device: null }),
      },
      {
        id: 'stop-at-drops',
        text: 'Stop at drops',
        group: 'Do',
        glyph: 'drop',
        keys: ['d'],
        enabled: true,
        run: () => actions.toggleBreakpoint({ kind: 'drop' }),
      },
      {
        id: 'unpin',
        text: 'Arrange the picture again',
        group: 'Do',
        glyph: 'pin',
        keys: [],
        enabled: true,
        run: () => actions.unpinAll(store.getState().viewport.lens),
      },
      {
        id: 'undo',
        text: 'Undo',
        group: 'Do',
        glyph: 'undo',
        keys: ['Ctrl+z'],
        enabled: history.past > 0,
        run: history.undo,
      },
      {
        id: 'redo',
        text: 'Redo',
        group: 'Do',
        glyph: 'redo',
        keys: ['Ctrl+Shift+z'],
        enabled: history.future > 0,
        run: history.redo,
      },
    ];
    const document: Command[] = [
      {
        id: 'export',
        text: 'Export the picture',
        group: 'Document',
        glyph: 'export',
        keys: ['x'],
        enabled: true,
        run: () => actions.openDialog({ kind: 'export' }),
      },
      {
        id: 'share',
        text: 'Share a link',
        group: 'Document',
        glyph: 'share',
        keys: [],
        enabled: true,
        run: () => actions.openDialog({ kind: 'share' }),
      },
      {
        id: 'open',
        text: 'Open a file',
        group: 'Document',
        glyph: 'open',
        keys: ['Ctrl+o'],
        enabled: true,
        run: () => actions.openDialog({ kind: 'open' }),
      },
      {
        id: 'catalogue',
        text: 'Show the catalogue',
        group: 'Document',
        glyph: 'menu',
        keys: [],
        enabled: true,
        run: () => navigate('#/', false),
      },
    ];
    return [...step, ...look, ...act, ...document];
  }, [
    actions,
    stepper,
    playing,
    history.past,
    history.future,
    history.undo,
    history.redo,
    hasHosts,
    pings,
    store,
    snapshot,
    terminals,
  ]);
}
