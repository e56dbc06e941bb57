/** BGP in words: the road of a prefix, a speaker's table, a session with its messages, messages one by one, and what each deed led to. */
import { useState } from 'react';
import { Segmented } from '../controls/Segmented.tsx';
import { useQuestion } from '../engine/questions.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import type { BgpView } from '../store/slices.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { ChangesView } from './ChangesView.tsx';
import { MessagesView } from './MessagesView.tsx';
import { PrefixRoadView } from './PrefixRoadView.tsx';
import { SessionView } from './SessionView.tsx';
import { SpeakerTable } from './SpeakerTable.tsx';
import './bgp.css';

export function BgpPane() {
  const { snapshot } = useWorld();
  const subject = usePage((state) => state.selection.subject);
  const typed = usePage((state) => state.viewport.bgp);
  const { showBgp } = useActions();
  const [road, setRoad] = useState({ prefix: '', to: '' });
  const routing = snapshot.routing;
  const asked = subject?.kind === 'speaker' ? 'table' : subject?.kind === 'bgp-session' ? 'session' : null;
  const held = useQuestion('heldMessages', null, routing !== null).data;
  const isHeld = held !== undefined && (held.all || held.ends.length > 0);
  const [stepped, setStepped] = useState(false);
  if (isHeld && !stepped) setStepped(true);
  // What is chosen in the picture is what one wants to see, until another view is chosen.
  const view =
    typed && (typed.subject === subject || asked === null)
      ? typed.view
      : (asked ?? (stepped ? 'messages' : 'road'));
  if (!routing) return null;
  const views = (
    <Segmented<BgpView>
      label="What of BGP"
      value={view}
      options={[
        { value: 'road', text: 'Road of a prefix' },
        { value: 'table', text: 'Table' },
        { value: 'session', text: 'Session' },
        { value: 'messages', text: 'Step messages' },
        { value: 'changes', text: 'What changed' },
      ]}
      onChange={showBgp}
    />
  );
  return (
    <div className="bgp">
      {view === 'road' && (
        <PrefixRoadView key={`${road.prefix} ${road.to}`} routing={routing} views={views} {...road} />
      )}
      {view === 'changes' && (
        <ChangesView
          routing={routing}
          views={views}
          showRoad={(prefix, to) => {
            setRoad({ prefix, to });
            showBgp('road');
          }}
        />
      )}
      {view === 'table' && <SpeakerTable routing={routing} views={views} />}
      {view === 'messages' && <MessagesView routing={routing} views={views} />}
      {view === 'session' && <SessionView routing={routing} time={snapshot.time} views={views} />}
    </div>
  );
}
