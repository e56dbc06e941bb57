/** A small sample of a line or fill, drawn as in the picture. */
import type { LegendEntry, Network } from '../../view/index.ts';

const DASH = ['none', '5 2', '2 2', '6 2 1 2'] as const;

export function LegendSample({
  kind,
  network,
}: {
  readonly kind: LegendEntry['kind'];
  readonly network: Network | null;
}) {
  const colour = network ? `var(--net-${network.colour})` : 'var(--border-ctl)';
  const fill = network ? `var(--net-${network.colour}-fill)` : 'var(--surface-3)';
  return (
    <svg className="legend-sample" width={22} height={10} viewBox="0 0 22 10" aria-hidden="true">
      {kind === 'past' && <path d="M1 5h20" stroke="var(--accent)" strokeWidth={2.5} />}
      {kind === 'ahead' && (
        <path
          d="M1 5h20"
          stroke="var(--accent)"
          strokeWidth={2}
          strokeDasharray="1 5"
          strokeLinecap="round"
        />
      )}
      {kind === 'network' && (
        <rect
          x={1}
          y={1}
          width={20}
          height={8}
          rx={2}
          fill={fill}
          stroke={colour}
          strokeWidth={1.5}
          strokeDasharray={DASH[network?.pattern ?? 0] ?? 'none'}
        />
      )}
      {kind === 'idle-tunnel' && (
        <>
          <path d="M0 1h22v8H0z" fill="var(--surface-3)" />
          <path d="M0 1h22M0 9h22" stroke="var(--border-ctl)" />
        </>
      )}
      {kind === 'cable' && <path d="M1 5h20" stroke="var(--border-ctl)" strokeWidth={1.75} />}
      {kind === 'patch' && (
        <path d="M1 5h20" stroke="var(--border-ctl)" strokeWidth={1.25} strokeDasharray="6 3" />
      )}
      {kind === 'bgp-up' && <path d="M1 5h20" stroke="var(--ok)" strokeWidth={1.75} />}
      {kind === 'bgp-waiting' && (
        <path d="M1 5h20" stroke="var(--warn)" strokeWidth={1.75} strokeDasharray="6 3" />
      )}
      {kind === 'bgp-down' && (
        <path d="M1 5h20" stroke="var(--border-ctl)" strokeWidth={1.75} strokeDasharray="1 3" />
      )}
      {kind === 'cut' && (
        <>
          <path d="M1 5h10" stroke="var(--text-2)" strokeWidth={2} />
          <path d="M11 5h10" stroke="var(--border-ctl)" strokeWidth={2} strokeDasharray="1 3" />
          <path d="M11 0.5v9" stroke="var(--drop)" strokeWidth={2} />
        </>
      )}
      {kind === 'no-tunnels' && (
        <path d="M0 1.5h22M0 8.5h22" stroke="var(--border-strong)" strokeDasharray="2 2" />
      )}
      {kind === 'trunk' && <path d="M1 3h20M1 7h20" stroke="var(--border-ctl)" strokeWidth={2} />}
      {kind === 'unknown' && (
        <rect
          x={1}
          y={1}
          width={20}
          height={8}
          rx={2}
          fill="var(--unknown-soft)"
          stroke="var(--unknown)"
          strokeDasharray="3 2"
        />
      )}
      {kind === 'dropped' && (
        <path d="M8.3 1h5.4L16 3.3v3.4L13.7 9H8.3L6 6.7V3.3z" fill="var(--drop-soft)" stroke="var(--drop)" />
      )}
      {kind === 'down' && (
        <rect
          x={1}
          y={1}
          width={20}
          height={8}
          rx={2}
          fill="none"
          stroke="var(--border-ctl)"
          strokeDasharray="1.5 2"
        />
      )}
    </svg>
  );
}
