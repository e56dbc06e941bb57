/** What each deed led to: prefixes that went and came back, gateways that moved, packets that were lost, and when all was whole again. */
import type { ReactNode } from 'react';
import type { RoutingSnapshot } from '../../engine/snapshot.ts';
import type {
  ChangedPrefix,
  Consequences,
  GonePrefix,
  LostPackets,
} from '../../engine/questions/what-changed.ts';
import { dropText } from '../../view/index.ts';
import { Button } from '../controls/Button.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useQuestion } from '../engine/questions.ts';
import { possibleFaults, faultText, sameFault, subjectOfFault } from '../faults/fault-words.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import { speakerPlace } from '../subjects/describe.ts';
import { durationText, pluralOf, together, verdictOf, type ToldTogether } from './change-words.ts';
import { clockText } from './message-words.ts';

type ShowRoad = (prefix: string, speaker: string) => void;

export function ChangesView({
  routing,
  views,
  showRoad,
}: {
  readonly routing: RoutingSnapshot;
  readonly views: ReactNode;
  readonly showRoad: ShowRoad;
}) {
  const { data } = useQuestion('whatChanged', null);
  const placeOf = (id: string): string => {
    const speaker = routing.speakers.find((one) => one.id === id);
    return speaker ? speakerPlace(speaker) : id.split('/').filter(Boolean).join(', ');
  };
  return (
    <>
      <div className="bgp-head">{views}</div>
      {data === undefined || data.length === 0 ? (
        <Empty
          text={
            data === undefined
              ? 'Asking what changed.'
              : 'Nothing has changed since this was opened. Start a ping in a terminal, then break something: pull a cable or stop a bgpd in its menu, or type a change. What is withdrawn, which packets are lost and when all is whole again stands here.'
          }
        />
      ) : (
        <ol className="bgp-changes scroll" aria-label="What changed">
          {data.map((one) => (
            <Change
              key={`${one.at} ${JSON.stringify(one.cause)}`}
              change={one}
              placeOf={placeOf}
              showRoad={showRoad}
            />
          ))}
        </ol>
      )}
    </>
  );
}

function Change({
  change,
  placeOf,
  showRoad,
}: {
  readonly change: Consequences;
  readonly placeOf: (id: string) => string;
  readonly showRoad: ShowRoad;
}) {
  const verdict = verdictOf(change);
  const { gone, moved, refused, gateways, lost, sent, more, came, missingBefore, at } = change;
  const isTold = gone.length + moved.length + gateways.length > 0;
  return (
    <li className="bgp-change">
      <div className="bgp-change-head">
        <span className="bgp-time">{clockText(at)}</span>
        <Cause change={change} />
        <span className={`bgp-verdict bgp-verdict-${verdict.kind}`}>{verdict.text}</span>
      </div>
      <dl>
        {gone.length > 0 && (
          <Row title="Withdrawn">
            {together(gone).map((group) => (
              <p key={`${group.speaker} ${group.text} ${group.at}`}>
                <Prefixes group={group} /> at {placeOf(group.speaker)}: {group.text}.{' '}
                <Back gone={group.all} />
                <Missing group={group} showRoad={showRoad} />
              </p>
            ))}
          </Row>
        )}
        {refused.length > 0 && (
          <Row title="Refused">
            {together(refused).map((group) => (
              <p key={`${group.speaker} ${group.text} ${group.at}`}>
                <Prefixes group={group} /> at {placeOf(group.speaker)}, {group.text}
              </p>
            ))}
          </Row>
        )}
        {moved.length > 0 && (
          <Row title="Changed">
            {together(moved).map((group) => (
              <p key={`${group.speaker} ${group.text} ${group.at}`}>
                <Prefixes group={group} /> at {placeOf(group.speaker)}: {group.text}
              </p>
            ))}
          </Row>
        )}
        {gateways.length > 0 && (
          <Row title="Gateways">
            {gateways.map((move) => (
              <p key={`${move.at} ${move.port}`}>
                <code>{move.port}</code> {move.from === null ? '' : `from ${move.from} `}
                {move.to === null ? 'is served by no chassis' : `to ${move.to}`} at {clockText(move.at)}
              </p>
            ))}
          </Row>
        )}
        {came > 0 && (
          <Row title="Learned">
            <p>
              {came} {came === 1 ? 'prefix' : 'prefixes'}
              {missingBefore > 0 &&
                `; ${missingBefore} withdrawn before ${missingBefore === 1 ? 'is' : 'are'} still missing`}
            </p>
          </Row>
        )}
        {more > 0 && (
          <Row title="">
            <p>and {more} more</p>
          </Row>
        )}
        {(isTold || lost.length > 0) && (
          <Row title="Lost">
            {lost.map((flow) => (
              <Lost key={`${flow.from} ${flow.destination} ${flow.kind}`} flow={flow} />
            ))}
            {lost.length === 0 && (
              <p>
                {sent === 0
                  ? 'No packet was sent meanwhile. Start a ping before the change to see what is lost.'
                  : `None of ${sent} packets.`}
              </p>
            )}
          </Row>
        )}
      </dl>
    </li>
  );
}

function Row({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Cause({ change: { cause } }: { readonly change: Consequences }) {
  const { snapshot } = useWorld();
  const { select } = useActions();
  if (cause.kind === 'none') return <span className="bgp-cause">Since it was opened</span>;
  if (cause.kind === 'typed')
    return (
      <span className="bgp-cause">
        {cause.host} <code>{cause.line}</code>
      </span>
    );
  const { fault, on } = cause;
  const subject = subjectOfFault(fault);
  const off = possibleFaults(subject, snapshot).find((one) => sameFault(one.fault, fault))?.off;
  return (
    <button type="button" className="bgp-cause" onClick={() => select(subject)}>
      {faultText(fault, snapshot)}
      {on ? '' : ` (mended: ${off ?? 'over'})`}
    </button>
  );
}

/** Leads to the road of a prefix that is not back; routes of EVPN have none. */
function Missing({
  group: { all, speaker },
  showRoad,
}: {
  readonly group: ToldTogether<GonePrefix>;
  readonly showRoad: ShowRoad;
}) {
  const missing = all.find(({ back, words }) => back === null && words === null);
  return missing && <Button onClick={() => showRoad(missing.prefix, speaker)}>See what is missing</Button>;
}

/** Prefixes that are named; the rest of a group is counted. */
const NAMED = 4;

function Prefixes({ group: { all } }: { readonly group: ToldTogether<ChangedPrefix> }) {
  const named = all.slice(0, NAMED);
  const prefixes = named.filter(({ words }) => words === null).map(({ prefix }) => prefix);
  const sentences = named.flatMap(({ words }) => words ?? []);
  return (
    <>
      {prefixes.length > 0 && <code>{prefixes.join(' ')}</code>}
      {sentences.join('; ')}
      {all.length > named.length && ` and ${all.length - named.length} more`}
    </>
  );
}

function Back({ gone }: { readonly gone: readonly GonePrefix[] }) {
  const back = gone.flatMap((one) => one.back ?? []);
  if (back.length === 0) return <strong className="bgp-gone">Not back. </strong>;
  const last = Math.max(...back);
  const first = Math.min(...gone.map(({ at }) => at));
  const text = `back at ${clockText(last)}, ${durationText(last - first)} later. `;
  return back.length === gone.length ? (
    text
  ) : (
    <strong className="bgp-gone">
      {back.length} of {gone.length} {text}
    </strong>
  );
}

function Lost({ flow }: { readonly flow: LostPackets }) {
  const { goTo } = useActions();
  const { lost, sent, kind, source, destination, first, last, next, drop, from } = flow;
  const { host, namespace = '', device = '', bridge = '' } = drop.where;
  const where = [host, namespace, device || bridge].filter((word) => word !== '').join(' ');
  return (
    <p>
      <strong>
        {lost} of {sent}
      </strong>{' '}
      {sent === 1 ? kind : pluralOf(kind)} from {source === '' ? from : <code>{source}</code>} to{' '}
      <code>{destination}</code>, sent {first === last ? 'at' : `${clockText(first)} to`} {clockText(last)}.
      The first ended at {where}: {dropText(drop.reason)}.{' '}
      {next === null ? 'None has arrived since. ' : `The next to arrive was sent at ${clockText(next)}. `}
      <Button onClick={() => goTo(drop.step, drop.run)}>Show the first</Button>
    </p>
  );
}
