/** BGP in words: the road of a prefix, a speaker's table, a session with its messages, and messages one by one. */
import { useState } from 'react';
import { Segmented } from '../controls/Segmented.tsx';
import { useQuestion } from '../engine/questions.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';
import { MessagesView } from './MessagesView.tsx';
import { PrefixRoadView } from './PrefixRoadView.tsx';
import { SessionView } from './SessionView.tsx';
import { SpeakerTable } from './SpeakerTable.tsx';
import './bgp.css';

type View = 'road' | 'table' | 'session' | 'messages';

export function BgpPane() {
  const { snapshot } = useWorld();
  const subject = usePage((state) => state.selection.subject);
  const [typed, setTyped] = useState<{ readonly view: View; readonly subject: typeof subject } | null>(null);
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
    <Segmented<View>
      label="What of BGP"
      value={view}
      options={[
        { value: 'road', text: 'Road of a prefix' },
        { value: 'table', text: 'Table' },
        { value: 'session', text: 'Session' },
        { value: 'messages', text: 'Step messages' },
      ]}
      onChange={(next) => setTyped({ view: next, subject })}
    />
  );
  return (
    <div className="bgp">
      {view === 'road' && <PrefixRoadView routing={routing} views={views} />}
      {view === 'table' && <SpeakerTable routing={routing} views={views} />}
      {view === 'messages' && <MessagesView routing={routing} views={views} />}
      {view === 'session' && <SessionView routing={routing} time={snapshot.time} views={views} />}
    </div>
  );
}
