/** BGP messages one by one: what waits at each session, which goes next, and playing until something happens. */
import { useId, useState, type ReactNode } from 'react';
import type { HeldMessage, PlayAsk } from '../../engine/questions/bgp.ts';
import type { RoutingSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useQuestion } from '../engine/questions.ts';
import { clockText, gistOf, octetLines } from './message-words.ts';
import { speakerPlace } from '../subjects/describe.ts';
import { speakerName } from './PrefixRoadView.tsx';
import { useMessageSteps, type MessageSteps } from './use-message-steps.ts';

const UNTIL: readonly { readonly value: PlayAsk['until']; readonly text: string }[] = [
  { value: 'quiet', text: 'all is quiet' },
  { value: 'arrival', text: 'a prefix arrives' },
  { value: 'loop', text: 'a loop' },
  { value: 'blackhole', text: 'a blackhole' },
  { value: 'asymmetric', text: 'two ways that differ' },
];

export function MessagesView({
  routing,
  views,
}: {
  readonly routing: RoutingSnapshot;
  readonly views: ReactNode;
}) {
  const steps = useMessageSteps();
  const { data } = useQuestion('heldMessages', null);
  const [chosen, setChosen] = useState<string | null>(null);
  const waiting = data?.waiting ?? [];
  const isHeld = data !== undefined && (data.all || data.ends.length > 0);
  const picked = waiting.find((message) => keyOf(message) === chosen) ?? waiting[0];
  const nameOf = (id: string | null): string => {
    const speaker = routing.speakers.find((one) => one.id === id);
    return speaker ? speakerPlace(speaker) : 'a neighbour';
  };
  const busy = steps.playing !== null;
  return (
    <>
      <div className="bgp-head">
        {views}
        <Button
          weight="line"
          disabled={data === undefined || busy}
          onClick={() => steps.step(isHeld ? 'release' : 'hold', null)}
        >
          {isHeld ? 'Let all go' : 'Hold messages'}
        </Button>
        <Button
          weight="line"
          disabled={waiting.length === 0 || busy}
          onClick={() => waiting[0] && steps.step('deliver', waiting[0].end)}
        >
          Deliver next
        </Button>
        <Play routing={routing} steps={steps} />
      </div>
      <output className="bgp-outcome">{outcomeText(steps, isHeld, data?.total ?? 0, nameOf)}</output>
      {waiting.length === 0 ? (
        <Empty
          text={
            isHeld
              ? 'Nothing waits. What speakers say from now on stands here until you deliver it.'
              : 'Messages go as they come. Hold them to deliver one at a time: type a change meanwhile, or switch a fault on.'
          }
        />
      ) : (
        <div className="bgp-waiting">
          <ul className="bgp-messages scroll" aria-label="Waiting messages">
            {waiting.map((message) => (
              <li key={keyOf(message)}>
                <button
                  type="button"
                  aria-pressed={message === picked}
                  onClick={() => setChosen(keyOf(message))}
                >
                  <span className="bgp-time">{clockText(message.at)}</span>
                  <span className="bgp-ends">
                    {nameOf(message.from)} to {nameOf(message.end.speaker)}
                  </span>
                  <strong>{message.type}</strong>
                  <span className="bgp-gist">{gistOf(message)}</span>
                </button>
                <Button
                  disabled={busy || message.behind > 0}
                  title={
                    message.behind > 0
                      ? `TCP keeps the order: ${message.behind} of this session ${message.behind === 1 ? 'goes' : 'go'} first`
                      : undefined
                  }
                  aria-label={`Deliver ${message.type} to ${nameOf(message.end.speaker)}`}
                  onClick={() => steps.step('deliver', message.end)}
                >
                  Deliver
                </Button>
              </li>
            ))}
          </ul>
          {picked && (
            <section className="bgp-message" aria-label="Message">
              <ScrollText className="program-text" label="What it says">
                {[...picked.lines, '', ...octetLines(picked.octets)].join('\n')}
              </ScrollText>
            </section>
          )}
        </div>
      )}
    </>
  );
}

const keyOf = ({ end, at, behind }: HeldMessage): string => `${end.speaker} ${end.neighbour} ${at} ${behind}`;

function outcomeText(
  { playing, outcome, problem }: MessageSteps,
  isHeld: boolean,
  total: number,
  nameOf: (id: string) => string,
): string {
  if (playing !== null) return `Playing: ${messages(playing)} delivered.`;
  if (problem !== '') return problem;
  if (outcome) {
    const at = outcome.speaker === undefined ? '' : ` It is at ${nameOf(outcome.speaker)}.`;
    return `${outcome.text}${at} ${messages(outcome.delivered)} delivered.`;
  }
  return isHeld ? `Held: ${messages(total)} waiting.` : '';
}

const messages = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;

function Play({ routing, steps }: { readonly routing: RoutingSnapshot; readonly steps: MessageSteps }) {
  const known = useQuestion('prefixes', null);
  const list = useId();
  const [until, setUntil] = useState<PlayAsk['until']>('quiet');
  const [prefix, setPrefix] = useState('');
  const [speaker, setSpeaker] = useState('');
  const needsPrefix = until !== 'quiet';
  return (
    <form
      className="bgp-play"
      onSubmit={(event) => {
        event.preventDefault();
        steps.play({ until, prefix: needsPrefix ? prefix.trim() : '', speaker });
      }}
    >
      <Choice
        label="Play until"
        bare
        value={until}
        options={UNTIL.map(({ value, text }) => ({ value, text: `until ${text}` }))}
        onChange={(value) => setUntil(UNTIL.find((one) => one.value === value)?.value ?? 'quiet')}
      />
      {needsPrefix && (
        <>
          <TextField
            label="Prefix to watch"
            bare
            mono
            list={list}
            className="bgp-prefix"
            placeholder={until === 'arrival' ? '10.0.0.0/24' : 'any prefix'}
            value={prefix}
            onChange={setPrefix}
          />
          <datalist id={list}>
            {known.data?.map(({ prefix: one, source }) => (
              <option key={one} value={one}>
                {source}
              </option>
            ))}
          </datalist>
        </>
      )}
      {until === 'arrival' && (
        <Choice
          label="Where it arrives"
          bare
          value={speaker}
          options={[
            { value: '', text: 'anywhere' },
            ...routing.speakers.map((one) => ({ value: one.id, text: `at ${speakerName(one)}` })),
          ]}
          onChange={setSpeaker}
        />
      )}
      {steps.playing === null ? (
        <Button type="submit" weight="primary" disabled={until === 'arrival' && prefix.trim() === ''}>
          Play messages
        </Button>
      ) : (
        <Button weight="line" onClick={steps.stop}>
          Stop
        </Button>
      )}
    </form>
  );
}
