/** A link that opens this document where it is: by the scenario's name when nothing was typed, else with all that was typed in it. */
import { useRef, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Modal } from '../controls/Modal.tsx';
import { TextField } from '../controls/TextField.tsx';
import { LONGEST_LINK, packDocument } from '../document/packed.ts';
import { isArranged, readPagePart } from '../document/page-part.ts';
import { formatRoute, type Look } from '../document/route.ts';
import { failureOf } from '../engine/session.ts';
import { formatScript } from '../../export/index.ts';
import { fileName, saveFile } from './save-file.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';

export default function ShareDialog() {
  const { closeDialog } = useActions();
  const { opener } = useServices();
  const { index } = usePicture();
  const store = usePageStore();
  const title = usePage((state) => state.document.title);
  const source = usePage((state) => state.document.source);
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const link = useQuery({
    queryKey: ['share'],
    staleTime: 0,
    gcTime: 0,
    queryFn: async () => {
      const document = await opener.current();
      const { viewport, playback } = store.getState();
      const look: Look = { lens: viewport.lens, run: playback.run, step: index > 0 ? index : null };
      const plain =
        document.commands.length === 0 &&
        document.files.length === 0 &&
        source?.kind === 'scenario' &&
        !isArranged(readPagePart(document.page));
      // Screens are for this browser; a link carries what was typed, and its reader sees the rest made again.
      const page = { ...(document.page as object), screens: {} };
      const hash = plain
        ? formatRoute({ kind: 'scenario', id: source.id, look })
        : formatRoute({ kind: 'packed', data: packDocument({ ...document, page }), look });
      return location.href.replace(/#.*$/, '') + hash;
    },
  });
  const save = useMutation({
    mutationFn: async (kind: 'document' | 'script') => {
      const document = await opener.current();
      const name = `${fileName(title)}.hopscope`;
      if (kind === 'document') saveFile(`${name}.json`, JSON.stringify(document), 'application/json');
      else saveFile(`${name}.txt`, formatScript(title, document.commands), 'text/plain');
    },
  });
  const failure = save.error ?? link.error;
  const tooLong = (link.data?.length ?? 0) > LONGEST_LINK;
  return (
    <Modal
      title="Share"
      description="The link holds the scenario, every command typed since, and the step in view. Nothing is sent to a server."
      open
      onClose={closeDialog}
      width={620}
      footer={
        <>
          {failure && (
            <span className="form-problem modal-state" role="alert">
              The document could not be read: {failureOf(failure).message}
            </span>
          )}
          <Button glyph="save" onClick={() => save.mutate('script')}>
            Save as a script
          </Button>
          <Button weight={tooLong ? 'line' : 'quiet'} glyph="save" onClick={() => save.mutate('document')}>
            Save the document
          </Button>
          {copied && <output className="modal-state">Copied</output>}
          <Button
            weight="line"
            glyph="copy"
            disabled={!link.data || tooLong}
            onClick={() => {
              field.current?.select();
              void navigator.clipboard?.writeText(link.data ?? '').then(() => setCopied(true));
            }}
          >
            Copy the link
          </Button>
        </>
      }
    >
      {tooLong ? (
        <p>
          This document is {Math.ceil((link.data?.length ?? 0) / 1000)},000 characters long: too much for a
          link. Save it as a file; opened here, or dropped on the page, it is the same.
        </p>
      ) : (
        <TextField
          ref={field}
          label="Link"
          mono
          readOnly
          value={link.data ?? ''}
          onChange={() => undefined}
          onFocus={(event) => event.target.select()}
        />
      )}
    </Modal>
  );
}
