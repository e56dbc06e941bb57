/** A small picture of a scenario's shape: its machines on their underlay. Decorative. */

/** Machines drawn at most. */
const SHOWN = 5;

export function SketchOf({ hosts }: { readonly hosts: number }) {
  const shown = Math.max(1, Math.min(hosts, SHOWN));
  const pitch = 88 / shown;
  const width = Math.min(22, pitch - 5);
  const centres = Array.from({ length: shown }, (_, at) => 4 + pitch * (at + 0.5));
  return (
    <svg className="sketch" width={96} height={56} viewBox="0 0 96 56" aria-hidden="true">
      <path className="sketch-bus" d={`M${(centres[0] ?? 48) - 8} 46H${(centres.at(-1) ?? 48) + 8}`} />
      {centres.map((x) => (
        <g key={x}>
          <path className="sketch-cable" d={`M${x} 30V46`} />
          <rect className="sketch-machine" x={x - width / 2} y={10} width={width} height={22} rx={2.5} />
          <path className="sketch-head" d={`M${x - width / 2} 16H${x + width / 2}`} />
          <circle className="sketch-jack" cx={x} cy={46} r={2} />
        </g>
      ))}
      {shown > 1 && <path className="sketch-path" d={`M${centres[0]} 26V41H${centres.at(-1)}V26`} />}
    </svg>
  );
}
