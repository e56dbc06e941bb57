/** A speaker's table: each prefix with all its paths, the chosen one first, and what decided. */
import { useState, type ReactNode } from 'react';
import type { BgpTablePage } from '../../engine/questions/bgp.ts';
import type { RoutingSnapshot } from '../../engine/snapshot.ts';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useQuestion } from '../engine/questions.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { speakerName } from './PrefixRoadView.tsx';

type TableFamily = '4' | '6' | 'evpn';
type PathView = BgpTablePage['prefixes'][number]['paths'][number];

export function SpeakerTable({
  routing,
  views,
}: {
  readonly routing: RoutingSnapshot;
  readonly views: ReactNode;
}) {
  const subject = usePage((state) => state.selection.subject);
  const { select } = useActions();
  const [search, setSearch] = useState('');
  const [wanted, setWanted] = useState<TableFamily>('4');
  const speaker =
    routing.speakers.find(({ id }) => subject?.kind === 'speaker' && id === subject.id) ??
    routing.speakers[0];
  const family = wanted === 'evpn' && speaker?.evpn !== true ? '4' : wanted;
  const table = useQuestion(
    'bgpTable',
    { speaker: speaker?.id ?? '', family: ASKED[family], search },
    speaker !== undefined,
  );
  if (!speaker) return null;
  const page = table.data;
  return (
    <>
      <div className="bgp-head">
        {views}
        <Choice
          label="Speaker"
          bare
          value={speaker.id}
          options={routing.speakers.map((one) => ({ value: one.id, text: speakerName(one) }))}
          onChange={(id) => select({ kind: 'speaker', id })}
        />
        <Segmented<TableFamily>
          label="Family"
          value={family}
          options={[
            { value: '4', text: 'IPv4' },
            { value: '6', text: 'IPv6' },
            ...(speaker.evpn ? [{ value: 'evpn' as const, text: 'EVPN' }] : []),
          ]}
          onChange={setWanted}
        />
        <TextField
          label="A part of the prefix, a next hop or an AS number"
          bare
          mono
          className="bgp-prefix"
          placeholder="prefix, next hop or AS"
          value={search}
          onChange={setSearch}
        />
        {page && page.total > page.prefixes.length && (
          <span className="bgp-note">
            {page.prefixes.length} of {page.total} shown
          </span>
        )}
      </div>
      {page && page.prefixes.length > 0 ? (
        <div className="bgp-scroll scroll">
          <table className="bgp-table">
            <caption className="visually-hidden">Prefixes of {speakerName(speaker)}</caption>
            <thead>
              <tr>
                <th scope="col">{family === 'evpn' ? 'Route' : 'Prefix'}</th>
                <th scope="col">Next hop</th>
                <th scope="col">From</th>
                <th scope="col">AS path</th>
                <th scope="col">Metric, preference, weight</th>
                <th scope="col">Decided by</th>
              </tr>
            </thead>
            {page.prefixes.map(({ prefix, words, paths }) => (
              <tbody key={prefix}>
                {chosenFirst(paths).map((path, index) => (
                  <tr
                    key={`${path.from} ${path.nextHop} ${path.asPath}`}
                    className={path.chosen ? '' : 'bgp-other'}
                  >
                    {index === 0 ? (
                      <th scope="rowgroup" rowSpan={paths.length}>
                        {words === null ? prefix : <span title={prefix}>{words}</span>}
                      </th>
                    ) : null}
                    <td>
                      <span className="bgp-mark">
                        {path.chosen && (
                          <>
                            <Glyph name="check" size={12} />
                            <span className="visually-hidden">chosen</span>
                          </>
                        )}
                      </span>
                      {path.nextHop}
                    </td>
                    <td>{sourceText(path)}</td>
                    <td>{[path.asPath, originText(path)].filter((part) => part !== '').join(' ')}</td>
                    <td>{numbersText(path)}</td>
                    <td className="bgp-reason">{reasonText(path)}</td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </div>
      ) : (
        <Empty
          text={
            table.isPending
              ? 'Asking for the table.'
              : search === ''
                ? 'This table is empty: nothing was originated here or taken from a neighbour.'
                : `Nothing in this table matches ${search}.`
          }
        />
      )}
    </>
  );
}

const ASKED = { '4': 4, '6': 6, evpn: 'evpn' } as const;

const chosenFirst = (paths: readonly PathView[]): readonly PathView[] =>
  paths.toSorted((a, b) => Number(b.chosen) - Number(a.chosen));

function sourceText({ from, source, importedFrom }: PathView): string {
  if (importedFrom !== null) return `VRF ${importedFrom}`;
  return from ?? source;
}

const originText = ({ origin }: PathView): string =>
  origin === 'incomplete' ? '?' : origin === 'igp' ? 'i' : 'e';

const numbersText = ({ med, localPreference, weight }: PathView): string =>
  [med ?? '–', localPreference ?? '–', weight].join(', ');

function reasonText({ chosen, valid, reason, multipath, stale }: PathView): string {
  if (!valid) return 'next hop not reachable';
  const words = [
    chosen
      ? (reason ?? '')
      : multipath
        ? 'used beside the chosen one'
        : reason === null
          ? ''
          : `loses by ${reason}`,
    stale ? 'stale' : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}
