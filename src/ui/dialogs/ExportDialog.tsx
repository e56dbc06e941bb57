/** The picture as a file: as SVG or PNG, light or dark, with the document in it so that the file opens again. */
import { useMemo, useState, type ReactNode } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Check } from '../controls/Check.tsx';
import { Modal } from '../controls/Modal.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { Segmented } from '../controls/Segmented.tsx';
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
  reportHtml,
  reportMarkdown,
  type ExportOptions,
  type Picture,
} from '../../export/index.ts';
import { idlePlayback, subjectId, type Rect } from '../../view/index.ts';
import { faultyIds } from '../faults/faulty.ts';
import { useFaults } from '../faults/use-faults.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useShownArea } from '../picture/reveal.ts';
import { EXPORT_FORMATS, type ExportFormat } from './export-formats.ts';
import { makeReport } from './make-report.ts';
import { printPage } from './print-page.ts';
import { fileName, saveFile } from './save-file.ts';

type Ground = 'filled' | 'transparent';
type Part = 'whole' | 'visible' | 'selection';

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

export default function ExportDialog() {
  const { closeDialog } = useActions();
  const { opener } = useServices();
  const session = useSession();
  const { model, layout, playback, run, steps, index, tree, snapshot } = usePicture();
  const shownArea = useShownArea();
  const title = usePage((state) => state.document.title);
  const selected = usePage((state) => (state.selection.subject ? subjectId(state.selection.subject) : null));
  const { lasting } = useFaults();
  const inForce = useThemeInForce();
  const [format, setFormat] = useState<ExportFormat>('svg');
  const [scale, setScale] = useState<'1' | '2' | '4'>('2');
  const [theme, setTheme] = useState<'light' | 'dark'>(inForce);
  const [ground, setGround] = useState<Ground>('filled');
  const [lettering, setLettering] = useState<'text' | 'outlines'>('text');
  const [part, setPart] = useState<Part>('whole');
  const [withPath, setWithPath] = useState(true);
  const [withSelection, setWithSelection] = useState(false);
  const [withDocument, setWithDocument] = useState(true);
  const document = useQuery({
    queryKey: ['export-document'],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => opener.current(),
  });

  const entry = EXPORT_FORMATS.find(({ value }) => value === format) ?? EXPORT_FORMATS[0];
  const shown = withPath && steps.length > 0;
  const drawn = selected === null ? undefined : model.drawn(selected);
  const area = useMemo(() => {
    if (part === 'visible') return shownArea();
    const rect = part === 'selection' && drawn ? layout.nodes.get(drawn.id) : undefined;
    return rect ? grown(rect, SELECTION_MARGIN) : null;
  }, [part, shownArea, drawn, layout]);
  const picture = useMemo<Picture>(
    () => ({
      model,
      layout,
      playback: shown ? playback : idlePlayback,
      marks: { ...noMarks, selected: withSelection ? selected : null, faulty: faultyIds(lasting, model) },
      title,
      subtitle: shown && run ? run.title : `${model.lens} view`,
      footer: [
        ...(shown ? [`Step ${index + 1} of ${steps.length}.`] : []),
        ...(withDocument ? ['Open this file in Hopscope to go on from here.'] : []),
      ].join(' '),
      area,
      document: withDocument ? (document.data ?? null) : null,
    }),
    [
      area,
      model,
      layout,
      playback,
      shown,
      withSelection,
      selected,
      lasting,
      title,
      run,
      index,
      steps.length,
      withDocument,
      document.data,
    ],
  );
  const options = useMemo<ExportOptions>(
    () => ({
      theme: theme === 'dark' ? DARK_THEME : LIGHT_THEME,
      ground: ground === 'transparent' ? 'none' : theme === 'dark' ? 'theme' : 'white',
    }),
    [theme, ground],
  );
  const isVector = format === 'svg' || format === 'html';
  const isOutlined = isVector && lettering === 'outlines';
  const letters = useMemo(() => (isOutlined ? canvasLetters(options.theme) : null), [isOutlined, options]);
  const preview = useMemo(
    () => exportSvg({ ...picture, document: null }, options, letters),
    [picture, options, letters],
  );
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(preview)}`;
  const text = useQuery({
    queryKey: ['export-text', format, title, layout, preview, run?.id],
    enabled: entry !== undefined && !entry.painted,
    gcTime: 0,
    queryFn: async () => {
      if (format === 'drawio') return exportDrawio(model, layout, title, options.theme);
      if (format === 'mermaid') return exportMermaid(model, title);
      if (format === 'graphviz') return exportGraphviz(model, layout, title);
      const bare = { ...picture, title: '', subtitle: '', footer: '', document: null };
      const svg = exportSvg(bare, options, letters);
      const report = await makeReport({ session, title, svg, snapshot, run, tree });
      return format === 'html' ? reportHtml(report) : reportMarkdown(report);
    },
  });
  const png = (): Promise<Uint8Array> =>
    exportPng(picture, { ...options, scale: scale === '1' ? 1 : scale === '2' ? 2 : 4 });
  const content = async (): Promise<Uint8Array | string> => {
    if (format === 'png') return png();
    return format === 'svg' ? exportSvg(picture, options, letters) : (text.data ?? '');
  };
  const save = useMutation({
    mutationFn: async () => {
      if (entry) saveFile(`${fileName(title)}.${entry.suffix}`, await content(), entry.type);
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
  const failure = save.error ?? copy.error ?? print.error ?? text.error;
  const ready = entry?.painted ? !(withDocument && document.isPending) : text.data !== undefined;
  return (
    <Modal
      title="Export"
      description="The file has the same geometry as the screen."
      open
      onClose={closeDialog}
      width={760}
      footer={
        <>
          {failure && (
            <span className="form-problem modal-state" role="alert">
              {failureOf(failure).message}
            </span>
          )}
          {copy.isSuccess && !failure && <output className="modal-state">Copied</output>}
          {(entry?.painted || format === 'html') && (
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
            Save {entry?.text}
            {format === 'png' ? ` ${scale}x` : ''}
          </Button>
        </>
      }
    >
      <div className="export">
        <div className="export-options">
          <Option label="Format">
            <Segmented
              label="Format"
              className="export-formats"
              value={format}
              onChange={setFormat}
              options={EXPORT_FORMATS}
            />
          </Option>
          {entry && <p className="quiet export-what">{entry.title}.</p>}
          {format === 'png' && (
            <Option label="Size">
              <Segmented
                label="Size"
                value={scale}
                onChange={setScale}
                options={[
                  { value: '1', text: '1x' },
                  { value: '2', text: '2x' },
                  { value: '4', text: '4x' },
                ]}
              />
            </Option>
          )}
          {isVector && (
            <Option label="Text">
              <Segmented
                label="Text"
                value={lettering}
                onChange={setLettering}
                options={[
                  { value: 'text', text: 'As text' },
                  { value: 'outlines', text: 'Outlines' },
                ]}
              />
            </Option>
          )}
          {entry?.painted && (
            <>
              <Option label="Theme">
                <Segmented
                  label="Theme"
                  value={theme}
                  onChange={setTheme}
                  options={[
                    { value: 'light', text: 'Light' },
                    { value: 'dark', text: 'Dark' },
                  ]}
                />
              </Option>
              <Option label="Ground">
                <Segmented
                  label="Ground"
                  value={ground}
                  onChange={setGround}
                  options={[
                    { value: 'filled', text: 'Filled' },
                    { value: 'transparent', text: 'Transparent' },
                  ]}
                />
              </Option>
              <Option label="Part">
                <Segmented
                  label="Part"
                  value={part}
                  onChange={setPart}
                  options={[
                    { value: 'whole', text: 'Whole' },
                    { value: 'visible', text: 'Visible' },
                    ...(drawn ? [{ value: 'selection' as const, text: 'Selection' }] : []),
                  ]}
                />
              </Option>
            </>
          )}
          {(entry?.painted || format === 'html' || format === 'markdown') && (
            <Option label="Include">
              <Check label="Packet and path" checked={shown} onChange={setWithPath} />
              <Check label="Selection" checked={withSelection} onChange={setWithSelection} />
              {entry?.painted && (
                <Check
                  label="The document, to open it again"
                  checked={withDocument}
                  onChange={setWithDocument}
                />
              )}
            </Option>
          )}
        </div>
        {entry?.painted || format === 'html' ? (
          <figure
            className={`export-preview export-preview-${theme}${ground === 'transparent' ? ' export-preview-checks' : ''}`}
          >
            <img src={address} alt={`Preview of ${title}`} />
          </figure>
        ) : (
          <ScrollText className="export-text" label={`Preview of the ${entry?.text ?? ''} file`}>
            {(text.data ?? '').slice(0, LONGEST_PREVIEW)}
          </ScrollText>
        )}
      </div>
    </Modal>
  );
}

function Option({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="export-option">
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}
