/** The packet at the playhead: its octets by layer, who put each layer on, its headers beside its octets. */
import { useMemo, type CSSProperties } from 'react';
import { Button } from '../controls/Button.tsx';
import { Empty } from '../controls/Empty.tsx';
import { canPing } from '../compose/ends.ts';
import { useStepDetail } from '../engine/queries.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { EncapsulationStrip } from './EncapsulationStrip.tsx';
import { HeaderTree } from './HeaderTree.tsx';
import { tunnelKeyOf } from './layer-groups.ts';
import { LayerStack } from './LayerStack.tsx';
import { OctetGrid } from './OctetGrid.tsx';
import { frameAtHopStart, octetMarks } from './octet-marks.ts';
import { stepIndex } from '../picture/step-index.ts';
import { usePrefetch } from './prefetch.ts';
import './packet.css';
import { PING } from '../compose/new-packet.ts';

export function PacketTab({ mode }: { readonly mode: LayoutMode }) {
  const { run, steps, index, snapshot, model, networks } = usePicture();
  const detail = useStepDetail(run?.id ?? null, index);
  usePrefetch(run?.id ?? null, index, steps.length);
  const { openDialog } = useActions();
  const pointed = usePage((state) => state.selection.octets);
  const frame = detail?.frame ?? null;
  const marks = useMemo(
    () =>
      detail && frame
        ? octetMarks(frame, frameAtHopStart(steps, stepIndex(steps, detail.step.id)), detail.changed)
        : new Uint8Array(),
    [detail, frame, steps],
  );
  if (!detail)
    return (
      <div className="packet-empty">
        <Empty
          text={
            !canPing(snapshot)
              ? 'No device here has an address, so nothing can be sent. OVN trace follows a packet through the logical network.'
              : 'Nothing has been sent yet.'
          }
        >
          {canPing(snapshot) && (
            <Button weight="line" glyph="ping" onClick={() => openDialog({ kind: 'compose', draft: PING })}>
              Ping
            </Button>
          )}
        </Empty>
      </div>
    );
  if (!frame) return <p className="packet-note">There is no packet here yet.</p>;
  const key = tunnelKeyOf(detail.stack);
  const network = key === null ? null : networks[model.networkOfTunnelKey(key) ?? -1];
  // The tunnel's header has the colour of the network that it carries.
  const colour = network
    ? {
        '--net': `var(--net-${network.colour})`,
        '--net-fill': `var(--net-${network.colour}-fill)`,
        '--net-text': `var(--net-${network.colour}-text)`,
      }
    : {};
  return (
    <section aria-label="Packet" style={colour as CSSProperties}>
      <h3 className="section-head">
        Encapsulation<span>outermost first</span>
      </h3>
      <EncapsulationStrip stack={detail.stack} length={frame.length} />
      <LayerStack stack={detail.stack} length={frame.length} wide={mode === 'wide'} />
      <h3 className="section-head section-head-close">
        Headers
        {mode === 'wide' && (
          <span className="mark-key">
            <span>
              <i className="mark-key-step" />
              this step
            </span>
            <span>
              <i className="mark-key-hop" />
              this hop
            </span>
          </span>
        )}
      </h3>
      <div className={`packet-grid${mode === 'wide' ? '' : ' packet-grid-plain'}`}>
        <HeaderTree headers={detail.headers} marks={marks} />
        {mode === 'wide' && (
          <OctetGrid frame={frame} marks={marks} pointed={pointed} headers={detail.headers} />
        )}
      </div>
    </section>
  );
}
