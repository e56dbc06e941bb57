/** A session: both ends with their state and what moved it, and its messages with what they say. */
import { useState, type ReactNode } from 'react';
import type { BgpMessage, BgpSessionDetail } from '../../engine/questions/bgp.ts';
import type { RoutingSnapshot } from '../../engine/snapshot.ts';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { useQuestion } from '../engine/questions.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { clockText, gistOf, octetLines } from './message-words.ts';
import { HoldEnd } from './HoldEnd.tsx';
import { speakerName } from './PrefixRoadView.tsx';

const SECOND = 1e9;

export function SessionView({
  routing,
  time,
  views,
}: {
  readonly routing: RoutingSnapshot;
  readonly time: number;
  readonly views: ReactNode;
}) {
  const { snapshot } = useWorld();
  const subject = usePage((state) => state.selection.subject);
  const { select } = useActions();
  const [side, setSide] = useState(0);
  const session =
    routing.sessions.find(({ id }) => subject?.kind === 'bgp-session' && id === subject.id) ??
    routing.sessions.find(
      ({ near, far }) =>
        subject?.kind === 'speaker' && (near.speaker === subject.id || far?.speaker === subject.id),
    ) ??
    routing.sessions[0];
  const answer = useQuestion('bgpSession', { id: session?.id ?? '' }, session !== undefined);
  if (!session) return <Empty text="No neighbour is configured." />;
  const ends = answer.data ?? [];
  const end = ends[Math.min(side, ends.length - 1)];
  const nameOf = (id: string): string => {
    const speaker = routing.speakers.find((one) => one.id === id);
    return speaker ? speakerName(speaker) : id;
  };
  return (
    <>
      <div className="bgp-head">
        {views}
        <Choice
          label="Session"
          bare
          value={session.id}
          options={routing.sessions.map(({ id, established, near }) => {
            const { name } = describeSubject({ kind: 'bgp-session', id }, snapshot);
            return { value: id, text: `${name} (${established ? 'Established' : near.state})` };
          })}
          onChange={(id) => select({ kind: 'bgp-session', id })}
        />
        {ends.length > 1 && (
          <Choice
            label="Seen from"
            bare
            value={String(side)}
            options={ends.map(({ speaker }, index) => ({
              value: String(index),
              text: `seen from ${nameOf(speaker)}`,
            }))}
            onChange={(value) => setSide(Number(value))}
          />
        )}
      </div>
      {end && (
        <div className="bgp-session">
          <EndFacts end={end} time={time}>
            {end.view.address !== null && (
              <HoldEnd end={{ speaker: end.speaker, neighbour: end.view.address }} />
            )}
          </EndFacts>
          <Messages key={`${session.id} ${side}`} messages={end.messages} />
        </div>
      )}
    </>
  );
}

function EndFacts({
  end: { view },
  time,
  children,
}: {
  readonly end: BgpSessionDetail;
  readonly time: number;
  readonly children: ReactNode;
}) {
  return (
    <section className="bgp-facts scroll" aria-label="State">
      <p className={view.state === 'Established' ? 'bgp-state bgp-up' : 'bgp-state'}>{view.state}</p>
      {children}
      <dl>
        <dt>Neighbour</dt>
        <dd>
          {view.neighbour}
          {view.address !== null && view.address !== view.neighbour ? ` ${view.address}` : ''}
          {view.remoteAs === 0 ? '' : `, AS ${view.remoteAs}`}
        </dd>
        {view.families.filter(isShown).map(({ family, negotiated, accepted, sent }) => (
          <div key={family}>
            <dt>{family}</dt>
            <dd>{negotiated ? `${accepted} taken, ${sent} sent` : 'not negotiated'}</dd>
          </div>
        ))}
        {view.timers.map(({ name, left }) => (
          <div key={name}>
            <dt>{TIMERS[name]}</dt>
            <dd>in {(left / SECOND).toFixed(1)} s</dd>
          </div>
        ))}
      </dl>
      <h3>What moved it</h3>
      {view.moves.length === 0 && <p className="bgp-note">Nothing yet.</p>}
      <ol className="bgp-moves">
        {view.moves.toReversed().map(({ at, from, to, event }) => (
          <li key={`${at} ${from} ${to}`} title={`${((time - at) / SECOND).toFixed(1)} s ago`}>
            <span className="bgp-time">{clockText(at)}</span>
            <span>
              {from} to <strong>{to}</strong>
            </span>
            <code>{event}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A family that neither side has turned on says nothing. */
const isShown = ({ family, negotiated }: BgpSessionDetail['view']['families'][number]): boolean =>
  negotiated || family === 'ipv4-unicast';

const TIMERS: Readonly<Record<BgpSessionDetail['view']['timers'][number]['name'], string>> = {
  start: 'Starts',
  connectRetry: 'Tries again',
  hold: 'Hold time ends',
  keepalive: 'Next KEEPALIVE',
  gracefulRestart: 'Restart time ends',
  stalePath: 'Stale paths go',
  maximumPrefixRestart: 'Starts after too many prefixes',
};

function Messages({ messages }: { readonly messages: readonly BgpMessage[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const shown = messages
    .map((message, index) => ({ message, index }))
    .filter(({ message }) => all || message.type !== 'KEEPALIVE')
    .toReversed();
  const picked = shown.find(({ index }) => index === chosen) ?? shown[0];
  if (messages.length === 0) return <Empty text="No message was sent or received yet." />;
  return (
    <>
      <section className="bgp-messages" aria-label="Messages">
        <label className="bgp-all">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          KEEPALIVEs too
        </label>
        <ul className="scroll">
          {shown.map(({ message, index }) => (
            <li key={index}>
              <button type="button" aria-pressed={index === picked?.index} onClick={() => setChosen(index)}>
                <span className="bgp-time">{clockText(message.at)}</span>
                <span>{message.direction === 'sent' ? 'out' : 'in'}</span>
                <strong>{message.type}</strong>
                <span className="bgp-gist">{gistOf(message)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {picked && (
        <section className="bgp-message" aria-label="Message">
          <ScrollText className="program-text" label="What it says">
            {[...picked.message.lines, '', ...octetLines(picked.message.octets)].join('\n')}
          </ScrollText>
        </section>
      )}
    </>
  );
}
