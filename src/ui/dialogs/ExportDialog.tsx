/** The picture as a file: as SVG or PNG, light or dark, with the document in it so that the file opens again. */
import { useMemo, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Modal } from '../controls/Modal.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { DARK_THEME, LIGHT_THEME, noMarks } from '../../diagram/index.ts';
import {
  canvasLetters,
  exportDrawio,
  exportGraphviz,
  exportMermaid,
  exportPng,
  exportSvg,
  fitsPicture,
  reportHtml,
  reportMarkdown,
  type ExportOptions,
  type Picture,
} from '../../export/index.ts';
import { idlePlayback, subjectId, type Layout, type Rect } from '../../view/index.ts';
import { faultyIds } from '../faults/faulty.ts';
import { useFaults } from '../faults/use-faults.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useShownArea } from '../picture/reveal.ts';
import { useDimmed } from '../picture/use-dimmed.ts';
import { isReport, isVector, startChoices, type ExportChoices } from './export-choices.ts';
import { ExportChoicesForm } from './ExportChoicesForm.tsx';
import { EXPORT_FORMATS, type FormatEntry } from './export-formats.ts';
import { makeReport } from './make-report.ts';
import { printPage } from './print-page.ts';
import { fileName, saveFile } from './save-file.ts';

/** Around a selected thing. */
const SELECTION_MARGIN = 16;
/** Characters of a text file that the preview shows. */
const LONGEST_PREVIEW = 20_000;

const grown = (rect: Rect, by: number): Rect => ({
  x: rect.x - by,
  y: rect.y - by,
  width: rect.width + 2 * by,
  height: rect.height + 2 * by,
});

const SCALES = { '1': 1, '2': 2, '3': 3, '4': 4 } as const;

/** Where a box is, or what a line runs through. */
function frameOf(id: string, layout: Layout): Rect | undefined {
  const box = layout.nodes.get(id);
  const points = box ? undefined : layout.edges.get(id)?.points;
  if (!points || points.length === 0) return box;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export default function ExportDialog() {
  const { closeDialog, setAround } = useActions();
  const { opener } = useServices();
  const session = useSession();
  const { model, layout, playback, run, steps, index, tree, snapshot } = usePicture();
  const shownArea = useShownArea();
  const title = usePage((state) => state.document.title);
  const selected = usePage((state) => (state.selection.subject ? subjectId(state.selection.subject) : null));
  const { lasting } = useFaults();
  const inForce = useThemeInForce();
  const around = usePage((state) => state.preferences.around);
  const { dimmed } = useDimmed();
  const [entry, setEntry] = useState<FormatEntry>(EXPORT_FORMATS[0]);
  const [choices, setChoices] = useState<ExportChoices>(() => startChoices(inForce));
  const document = useQuery({
    queryKey: ['export-document'],
    staleTime: 0,
    gcTime: 0,
    queryFn: async () => {
      const current = await opener.current();
      return { current, fits: fitsPicture(current) };
    },
  });

  const { value: format } = entry;
  const { theme, ground, part } = choices;
  const report = isReport(entry);
  const shown = choices.path && steps.length > 0;
  const obstacle = document.error
    ? `The document could not be read (${failureOf(document.error).message}): a picture saved now does not open again.`
    : document.data?.fits === false
      ? 'The document is too large for a picture. Share saves it as a file of its own.'
      : '';
  const carries = choices.document && obstacle === '';
  const carried = carries && !report ? (document.data?.current ?? null) : null;
  const thing = selected === null ? undefined : model.drawn(selected);
  const rect = useMemo(() => thing && frameOf(thing.id, layout), [thing, layout]);
  const area = useMemo(() => {
    if (part === 'visible') return shownArea();
    return part === 'selection' && rect ? grown(rect, SELECTION_MARGIN) : null;
  }, [part, shownArea, rect]);
  const picture = useMemo<Picture>(
    () => ({
      model,
      layout,
      playback: shown ? playback : idlePlayback,
      marks: {
        ...noMarks,
        dimmed,
        selected: choices.selection ? (thing?.id ?? null) : null,
        faulty: faultyIds(lasting, model),
      },
      name: title,
      title: around.title && !report ? title : '',
      subtitle: shown && run ? run.title : `${model.lens} view`,
      footer:
        around.footer && !report
          ? [
              ...(shown ? [`Step ${index + 1} of ${steps.length}.`] : []),
              ...(carries ? ['Open this file in Hopscope to go on from here.'] : []),
            ].join(' ')
          : '',
      legend: around.legend,
      area,
      document: carried,
    }),
    [
      area,
      model,
      layout,
      playback,
      shown,
      dimmed,
      choices,
      carries,
      thing,
      lasting,
      title,
      around,
      report,
      run,
      index,
      steps.length,
      carried,
    ],
  );
  const options = useMemo<ExportOptions>(
    () => ({
      theme: theme === 'dark' ? DARK_THEME : LIGHT_THEME,
      ground: ground === 'transparent' ? 'none' : theme === 'dark' ? 'theme' : 'white',
    }),
    [theme, ground],
  );
  const isOutlined = isVector(entry) && choices.lettering === 'outlines';
  const letters = useMemo(() => (isOutlined ? canvasLetters(options.theme) : null), [isOutlined, options]);
  const preview = useMemo(
    () => exportSvg({ ...picture, document: null }, options, letters),
    [picture, options, letters],
  );
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(preview)}`;
  const text = useQuery({
    queryKey: ['export-text', format, title, layout, preview, run?.id],
    enabled: !entry.painted,
    gcTime: 0,
    queryFn: async () => {
      if (format === 'drawio') return exportDrawio(model, layout, title, options.theme);
      if (format === 'mermaid') return exportMermaid(model, title);
      if (format === 'graphviz') return exportGraphviz(model, layout, title);
      const told = await makeReport({
        session,
        title,
        address: location.href.split('#', 1)[0] ?? '',
        svg: preview,
        snapshot,
        run,
        tree,
      });
      return format === 'html' ? reportHtml(told) : reportMarkdown(told);
    },
  });
  const png = (): Promise<Uint8Array> => exportPng(picture, { ...options, scale: SCALES[choices.scale] });
  const content = async (): Promise<Uint8Array | string> => {
    if (format === 'png') return png();
    return format === 'svg' ? exportSvg(picture, options, letters) : (text.data ?? '');
  };
  const save = useMutation({
    mutationFn: async () => {
      saveFile(`${fileName(title)}.${entry.suffix}`, await content(), entry.type);
    },
    onSuccess: closeDialog,
  });
  const copy = useMutation({
    mutationFn: async () => {
      if (format !== 'png') {
        await navigator.clipboard.writeText(String(await content()));
        return;
      }
      const blob = new Blob([new Uint8Array(await png())], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    },
  });
  const print = useMutation({
    mutationFn: async () =>
      printPage(
        format === 'html'
          ? (text.data ?? '')
          : `<!doctype html><title>${fileName(title)}</title><style>@page{margin:1cm}body{margin:0}svg{max-width:100%;height:auto}</style>${preview}`,
      ),
  });
  /** What a button said last is of the file as it was then. */
  const renew = (): void => {
    for (const said of [save, copy, print]) said.reset();
  };
  const failure = save.error ?? copy.error ?? print.error ?? text.error;
  const ready = entry.painted ? !(choices.document && document.isPending) : text.data !== undefined;
  return (
    <Modal
      title="Export"
      description="The file has the same geometry as the screen."
      open
      onClose={closeDialog}
      width={880}
      footer={
        <>
          {failure && (
            <span className="form-problem modal-state" role="alert">
              {failureOf(failure).message}
            </span>
          )}
          {copy.isSuccess && !failure && <output className="modal-state">Copied</output>}
          {(entry.painted || format === 'html') && (
            <Button
              weight="quiet"
              glyph="file"
              disabled={!ready || print.isPending}
              onClick={() => print.mutate()}
            >
              Print or PDF
            </Button>
          )}
          <Button
            weight="line"
            glyph="copy"
            disabled={!ready || copy.isPending}
            onClick={() => copy.mutate()}
          >
            Copy
          </Button>
          <Button
            weight="primary"
            glyph="export"
            disabled={!ready || save.isPending}
            onClick={() => save.mutate()}
          >
            Save {entry.text}
            {format === 'png' ? ` ${choices.scale}x` : ''}
          </Button>
        </>
      }
    >
      <div className="export">
        <ExportChoicesForm
          entry={entry}
          choices={choices}
          around={around}
          hasSelection={rect !== undefined}
          hasRun={steps.length > 0}
          obstacle={obstacle}
          onEntry={(next) => {
            renew();
            setEntry(next);
          }}
          onAround={(words) => {
            renew();
            setAround(words);
          }}
          onChange={(change) => {
            renew();
            setChoices((before) => ({ ...before, ...change }));
          }}
        />
        {entry.painted || format === 'html' ? (
          <figure
            className={`export-preview export-preview-${theme}${ground === 'transparent' ? ' export-preview-checks' : ''}`}
          >
            <img src={address} alt={`Preview of ${title}`} />
          </figure>
        ) : (
          <ScrollText className="export-text" label={`Preview of the ${entry.text} file`}>
            {(text.data ?? '').slice(0, LONGEST_PREVIEW)}
          </ScrollText>
        )}
      </div>
    </Modal>
  );
}
