/** The picture as a file: as SVG or PNG, light or dark, with the document in it so that the file opens again. */
import { useMemo, useState, type ReactNode } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Check } from '../controls/Check.tsx';
import { Modal } from '../controls/Modal.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { DARK_THEME, LIGHT_THEME, noMarks } from '../../diagram/index.ts';
import { exportPng, exportSvg, type ExportOptions, type Picture } from '../../export/index.ts';
import { idlePlayback, subjectId } from '../../view/index.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { saveFile } from './save-file.ts';

type Format = 'svg' | 'png';
type Ground = 'filled' | 'transparent';

const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'network';

export default function ExportDialog() {
  const { closeDialog } = useActions();
  const { opener } = useServices();
  const { model, layout, playback, run, steps, index } = usePicture();
  const title = usePage((state) => state.document.title);
  const lens = usePage((state) => state.viewport.lens);
  const selected = usePage((state) => (state.selection.subject ? subjectId(state.selection.subject) : null));
  const inForce = useThemeInForce();
  const [format, setFormat] = useState<Format>('svg');
  const [scale, setScale] = useState<'1' | '2' | '4'>('2');
  const [theme, setTheme] = useState<'light' | 'dark'>(inForce);
  const [ground, setGround] = useState<Ground>('filled');
  const [withPath, setWithPath] = useState(true);
  const [withSelection, setWithSelection] = useState(false);
  const [withDocument, setWithDocument] = useState(true);
  const document = useQuery({
    queryKey: ['export-document'],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => opener.current(),
  });

  const shown = withPath && steps.length > 0;
  const picture = useMemo<Picture>(
    () => ({
      model,
      layout,
      playback: shown ? playback : idlePlayback,
      marks: { ...noMarks, selected: withSelection ? selected : null },
      title,
      subtitle: shown && run ? run.title : `${lens} view`,
      footer: [
        ...(shown ? [`Step ${index + 1} of ${steps.length}.`] : []),
        ...(withDocument ? ['Open this file in Hopscope to go on from here.'] : []),
      ].join(' '),
      document: withDocument ? (document.data ?? null) : null,
    }),
    [
      model,
      layout,
      playback,
      shown,
      withSelection,
      selected,
      title,
      run,
      lens,
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
  const preview = useMemo(() => exportSvg({ ...picture, document: null }, options), [picture, options]);
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(preview)}`;
  const save = useMutation({
    mutationFn: async () => {
      const name = fileName(title);
      if (format === 'svg') saveFile(`${name}.svg`, exportSvg(picture, options), 'image/svg+xml');
      else
        saveFile(
          `${name}.png`,
          await exportPng(picture, { ...options, scale: scale === '1' ? 1 : scale === '2' ? 2 : 4 }),
          'image/png',
        );
    },
    onSuccess: closeDialog,
  });
  return (
    <Modal
      title="Export"
      description="The file has the same geometry as the screen."
      open
      onClose={closeDialog}
      width={760}
      footer={
        <>
          {save.isError && (
            <span className="form-problem" role="alert">
              {save.error.message}
            </span>
          )}
          <Button
            weight="primary"
            glyph="export"
            disabled={save.isPending || (withDocument && document.isPending)}
            onClick={() => save.mutate()}
          >
            Save {format === 'svg' ? 'SVG' : `PNG ${scale}x`}
          </Button>
        </>
      }
    >
      <div className="export">
        <div className="export-options">
          <Option label="Format">
            <Segmented
              label="Format"
              value={format}
              onChange={setFormat}
              options={[
                { value: 'svg', text: 'SVG' },
                { value: 'png', text: 'PNG' },
              ]}
            />
          </Option>
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
          <Option label="Include">
            <Check label="Packet and path" checked={shown} onChange={setWithPath} />
            <Check label="Selection" checked={withSelection} onChange={setWithSelection} />
            <Check label="The document, to open it again" checked={withDocument} onChange={setWithDocument} />
          </Option>
        </div>
        <figure
          className={`export-preview export-preview-${theme}${ground === 'transparent' ? ' export-preview-checks' : ''}`}
        >
          <img src={address} alt={`Preview of ${title}`} />
        </figure>
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
