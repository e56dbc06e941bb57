/** The choices of the export dialog: each kind of file shows those that change it. */
import type { ReactNode } from 'react';
import { Check } from '../controls/Check.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import type { PictureWords } from '../store/slices.ts';
import { isReport, isVector, type ExportChoices } from './export-choices.ts';
import { EXPORT_FORMATS, type FormatEntry } from './export-formats.ts';

interface ExportChoicesFormProps {
  readonly entry: FormatEntry;
  readonly choices: ExportChoices;
  readonly around: PictureWords;
  readonly hasSelection: boolean;
  readonly hasRun: boolean;
  /** Why the document cannot go into a picture; '' when it can. */
  readonly obstacle: string;
  readonly onEntry: (entry: FormatEntry) => void;
  readonly onAround: (words: Partial<PictureWords>) => void;
  readonly onChange: (change: Partial<ExportChoices>) => void;
}

export function ExportChoicesForm({
  entry,
  choices,
  around,
  hasSelection,
  hasRun,
  obstacle,
  onEntry,
  onAround,
  onChange,
}: ExportChoicesFormProps) {
  const report = isReport(entry);
  return (
    <div className="export-options">
      <Option label="Format">
        <Segmented
          label="Format"
          className="export-formats"
          value={entry.value}
          onChange={(format) => {
            const next = EXPORT_FORMATS.find(({ value }) => value === format);
            if (next) onEntry(next);
          }}
          options={EXPORT_FORMATS}
        />
      </Option>
      <p className="quiet export-what">{entry.title}.</p>
      {entry.value === 'png' && (
        <Option label="Size">
          <Segmented
            label="Size"
            value={choices.scale}
            onChange={(scale) => onChange({ scale })}
            options={[
              { value: '1', text: '1x' },
              { value: '2', text: '2x' },
              { value: '3', text: '3x' },
              { value: '4', text: '4x' },
            ]}
          />
        </Option>
      )}
      {isVector(entry) && (
        <Option label="Text">
          <Segmented
            label="Text"
            value={choices.lettering}
            onChange={(lettering) => onChange({ lettering })}
            options={[
              { value: 'text', text: 'As text' },
              { value: 'outlines', text: 'Outlines' },
            ]}
          />
        </Option>
      )}
      {(entry.painted || report) && (
        <>
          <Option label="Theme">
            <Segmented
              label="Theme"
              value={choices.theme}
              onChange={(theme) => onChange({ theme })}
              options={[
                { value: 'light', text: 'Light' },
                { value: 'dark', text: 'Dark' },
              ]}
            />
          </Option>
          <Option label="Ground">
            <Segmented
              label="Ground"
              value={choices.ground}
              onChange={(ground) => onChange({ ground })}
              options={[
                { value: 'filled', text: 'Filled' },
                { value: 'transparent', text: 'Transparent' },
              ]}
            />
          </Option>
          <Option label="Part">
            <Segmented
              label="Part"
              value={choices.part}
              onChange={(part) => onChange({ part })}
              options={[
                { value: 'whole', text: 'Whole' },
                { value: 'visible', text: 'Visible' },
                ...(hasSelection ? [{ value: 'selection' as const, text: 'Selection' }] : []),
              ]}
            />
          </Option>
          <Option label="Include">
            {entry.painted && (
              <Check label="Title" checked={around.title} onChange={(title) => onAround({ title })} />
            )}
            <Check label="Legend" checked={around.legend} onChange={(legend) => onAround({ legend })} />
            {entry.painted && (
              <Check label="Last line" checked={around.footer} onChange={(footer) => onAround({ footer })} />
            )}
            <Check
              label="Packet and path"
              checked={hasRun && choices.path}
              disabled={!hasRun}
              onChange={(path) => onChange({ path })}
            />
            <Check
              label="Mark of the selection"
              checked={hasSelection && choices.selection}
              disabled={!hasSelection}
              onChange={(selection) => onChange({ selection })}
            />
            {entry.painted && (
              <Check
                label="The document, to open it again"
                checked={choices.document && obstacle === ''}
                disabled={obstacle !== ''}
                onChange={(document) => onChange({ document })}
              />
            )}
          </Option>
          {entry.painted && obstacle !== '' && <output className="quiet export-what">{obstacle}</output>}
        </>
      )}
    </div>
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
