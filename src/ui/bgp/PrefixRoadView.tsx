/** A prefix on its way: a ladder from the northbound row to a router's own table. */
import { useId, useState, type ReactNode } from 'react';
import type { RoadRung } from '../../engine/questions/prefix-road.ts';
import type { RoutingSnapshot, SpeakerSnapshot } from '../../engine/snapshot.ts';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useQuestion } from '../engine/questions.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useServices } from '../shell/Services.tsx';
import { speakerPlace } from '../subjects/describe.ts';
import { useActions } from '../store/StoreProvider.tsx';

const GLYPH: Readonly<Record<RoadRung['kind'], GlyphName>> = {
  northbound: 'db',
  option: 'lrouter',
  southbound: 'db',
  vrf: 'vrf',
  kernel: 'route',
  table: 'speaker',
  session: 'session',
};

export const speakerName = (speaker: SpeakerSnapshot): string =>
  `${speakerPlace(speaker)}, AS ${speaker.asn}`;

export function PrefixRoadView({
  routing,
  views,
  prefix: asked,
  to: askedEnd,
}: {
  readonly routing: RoutingSnapshot;
  readonly views: ReactNode;
  /** What is looked at first; '' for the first that is known. */
  readonly prefix: string;
  readonly to: string;
}) {
  const known = useQuestion('prefixes', null);
  const list = useId();
  const [typed, setTyped] = useState(asked);
  const [target, setTarget] = useState<string | null>(askedEnd === '' ? null : askedEnd);
  const prefix = typed.trim() === '' ? (known.data?.[0]?.prefix ?? '') : typed.trim();
  const answer = useQuestion('prefixRoads', { prefix }, prefix !== '');
  const roads = answer.data?.roads ?? [];
  const longest = roads.toSorted((a, b) => b.rungs.length - a.rungs.length)[0];
  const road = roads.find(({ to }) => to === target) ?? longest;
  const gap = road?.rungs.findIndex(({ rows }) => rows.length === 0) ?? -1;
  return (
    <>
      <div className="bgp-head">
        {views}
        <TextField
          label="Prefix"
          bare
          mono
          list={list}
          className="bgp-prefix"
          placeholder={known.data?.[0]?.prefix ?? '192.0.2.0/24'}
          value={typed}
          onChange={setTyped}
          {...(answer.data?.error ? { problem: answer.data.error } : {})}
        />
        <datalist id={list}>
          {known.data?.map(({ prefix: one, source }) => (
            <option key={one} value={one}>
              {source}
            </option>
          ))}
        </datalist>
        {road && roads.length > 0 && (
          <Choice
            label="At which router it ends"
            bare
            value={road.to ?? ''}
            options={roads.map(({ to, rungs }) => {
              const speaker = routing.speakers.find(({ id }) => id === to);
              const whole = rungs.every(({ rows }) => rows.length > 0);
              return {
                value: to ?? '',
                text: `to ${speaker ? speakerName(speaker) : 'no router'}${whole ? '' : ' (not there)'}`,
              };
            })}
            onChange={setTarget}
          />
        )}
      </div>
      {road && road.why !== '' && (
        <p className="road-why">
          <Glyph name="warn" size={14} />
          {road.why}
        </p>
      )}
      {road ? (
        <ol className="road scroll" aria-label={`Road of ${prefix}`}>
          {road.rungs.map((rung, index) => (
            <Rung key={`${rung.kind} ${rung.place} ${rung.title}`} rung={rung} first={index === gap} />
          ))}
        </ol>
      ) : (
        <Empty
          text={
            prefix === ''
              ? 'No prefix is known here. Type one to see what its road would need.'
              : answer.isPending
                ? `Looking for ${prefix}.`
                : `No router here knows ${prefix}, and no row of the northbound database stands for it. Its road could begin with one (ovn-nbctl lr-nat-add, lr-route-add, lrp-add ...), or in a table of bgpd (network ${prefix}).`
          }
        />
      )}
    </>
  );
}

function Rung({ rung, first }: { readonly rung: RoadRung; readonly first: boolean }) {
  const { select, showTerminal } = useActions();
  const { terminals } = useServices();
  const there = rung.rows.length > 0;
  const { command, subject } = rung;
  const line =
    command && command.namespace !== ''
      ? `ip netns exec ${command.namespace} ${command.line}`
      : command?.line;
  return (
    <li className={`road-rung${there ? '' : first ? ' road-rung-gap' : ' road-rung-missing'}`}>
      <span className="road-rung-dot" aria-hidden="true" />
      <Glyph name={GLYPH[rung.kind]} size={16} />
      <div className="road-rung-what">
        {subject ? (
          <button type="button" className="road-rung-title" onClick={() => select(subject)}>
            {rung.title}
          </button>
        ) : (
          <span className="road-rung-title">{rung.title}</span>
        )}
        <span className="road-rung-place">{rung.place}</span>
      </div>
      <div className="road-rung-rows">
        {there ? (
          rung.rows.map((row) => <code key={row}>{row}</code>)
        ) : (
          <span className="road-rung-remedy">{rung.remedy === '' ? 'not yet' : rung.remedy}</span>
        )}
      </div>
      <span className="road-rung-by">{rung.by}</span>
      {command && line !== undefined ? (
        <IconButton
          glyph="term"
          size={14}
          label={`Type ${line} on ${command.host}`}
          onClick={() => {
            showTerminal(command.host);
            terminals.of(command.host).type(line);
          }}
        />
      ) : (
        <span />
      )}
    </li>
  );
}
