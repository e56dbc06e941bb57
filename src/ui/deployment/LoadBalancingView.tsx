/** A request's way through a load balancer: virtual address, frontend, servers with their health, the one that was chosen; with the lines of the configuration. */
import { useMemo, useState } from 'react';
import type { LoadBalancing, Proxy } from '../../engine/questions/deployment.ts';
import type { Subject } from '../../engine/protocol.ts';
import { Choice } from '../controls/Choice.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { Lit } from '../picture/lit.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { FileText } from './FileText.tsx';

interface LoadBalancingViewProps {
  readonly balancing: LoadBalancing;
  readonly mode: LayoutMode;
  readonly onLit: (lit: Lit) => void;
}

type Held = { readonly host: string; readonly device: string };
type Server = Proxy['servers'][number];

const keyOf = ({ host, container, name }: Proxy): string => `${host} ${container} ${name}`;
const thingOf = ({ host, device }: Held): Subject => ({ kind: 'link', host, namespace: '', device });

/** The balancer that answers: the one that was chosen, else one that has its address, else the first. */
function proxyInView(proxies: readonly Proxy[], wanted: string | null): Proxy | undefined {
  const holds = ({ host, binds }: Proxy): boolean => binds.some(({ held }) => held?.host === host);
  const busy = proxies.filter(({ choices }) => choices.length > 0);
  return (
    proxies.find((one) => keyOf(one) === wanted) ?? busy.find(holds) ?? proxies.find(holds) ?? proxies[0]
  );
}

export function LoadBalancingView({ balancing, mode, onLit }: LoadBalancingViewProps) {
  const { select } = useActions();
  const [wanted, setWanted] = useState<string | null>(null);
  const [lines, setLines] = useState<readonly number[]>([]);
  const proxy = proxyInView(balancing.proxies, wanted);
  const lit = useMemo(() => new Set(lines), [lines]);
  if (!proxy) return null;
  const file = balancing.files.find(({ host }) => host === proxy.host);
  const look = (marked: readonly number[], held: readonly (Held | null)[]): void => {
    const things = held.flatMap((one) => (one ? [thingOf(one)] : []));
    setLines(marked);
    onLit({ things: things.length > 0 ? things : null, broken: [], frame: null });
    if (things[0]) select(things[0]);
  };
  const [last] = proxy.choices;
  return (
    <div className={`balancing balancing-${mode}`}>
      <div className="balancing-way scroll">
        <Choice
          label="Load balancer"
          bare
          value={keyOf(proxy)}
          options={balancing.proxies.map((one) => ({
            value: keyOf(one),
            text: `${one.name} on ${one.host}`,
            group: one.container,
          }))}
          onChange={(key) => {
            setWanted(key);
            setLines([]);
          }}
        />
        <h3>Addresses</h3>
        <ul>
          {proxy.binds.map((bind) => (
            <li key={`${bind.address} ${bind.port}`}>
              <button type="button" className="balancing-item" onClick={() => look([bind.line], [bind.held])}>
                <code>
                  {bind.address}:{bind.port}
                </code>
                <span className={bind.held?.host === proxy.host ? 'balancing-here' : undefined}>
                  {bind.held
                    ? bind.held.host === proxy.host
                      ? `here, on ${bind.held.device}`
                      : `on ${bind.held.host} ${bind.held.device}`
                    : 'on no machine'}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <h3>Frontend</h3>
        <ul>
          <li>
            <button type="button" className="balancing-item" onClick={() => look(proxy.lines, [])}>
              <code>{proxy.name}</code>
              <span>
                {proxy.mode}, {proxy.balance}
              </span>
            </button>
          </li>
        </ul>
        <h3>Servers</h3>
        <ul>
          {proxy.servers.map((server) => (
            <li key={server.name}>
              <button
                type="button"
                className={`balancing-item${last?.server === server.name ? ' balancing-last' : ''}`}
                onClick={() => look([server.line], [server.held])}
              >
                <span className="balancing-name">
                  <i className={server.up ? 'health health-up' : 'health'} aria-hidden />
                  <code>{server.name}</code>
                </span>
                <span>
                  <code>
                    {server.address}:{server.port}
                  </code>{' '}
                  {healthOf(server)}
                </span>
                <span>
                  {server.total} given{last?.server === server.name ? ', the last one too' : ''}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <h3>Last requests</h3>
        {proxy.choices.length === 0 ? (
          <p className="balancing-none">
            {`None yet. Try curl http://${proxy.binds[0]?.address}:${proxy.binds[0]?.port}/ on a machine.`}
          </p>
        ) : (
          <ol>
            {proxy.choices.map((choice) => {
              const bind = proxy.binds.find(
                ({ address, port }) => address === choice.address && port === choice.port,
              );
              const server = proxy.servers.find(({ name }) => name === choice.server);
              return (
                <li key={`${choice.at} ${choice.client} ${choice.server}`}>
                  <button
                    type="button"
                    className="balancing-item"
                    onClick={() =>
                      look(
                        [...(bind ? [bind.line] : []), ...(server ? [server.line] : [])],
                        [bind?.held ?? null, server?.held ?? null],
                      )
                    }
                  >
                    <code>
                      {choice.client} <Glyph name="chev" size={12} /> {choice.address}:{choice.port}
                    </code>
                    <span className={choice.server === null ? 'balancing-down' : undefined}>
                      {choice.server ?? 'no server was up'}
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        )}
      </div>
      {file && <FileText path={`${file.host}:${file.path}`} text={file.text} lit={lit} />}
    </div>
  );
}

function healthOf({ checked, up, against, needed, backup }: Server): string {
  const kind = backup ? 'backup, ' : '';
  if (!checked) return `${kind}not checked`;
  const doubt = against > 0 ? `, ${against} of ${needed} checks say otherwise` : '';
  return `${kind}${up ? 'up' : 'down'}${doubt}`;
}
