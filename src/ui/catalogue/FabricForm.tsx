/** A BGP fabric of a size that one types; it opens at an address of its own. */
import { useState } from 'react';
import { formatRoute, routeTo } from '../document/route.ts';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useFabricLimits } from '../engine/queries.ts';

/** Neighbours tell each other so many routes in a second of computing, measured up to the limit. */
const ROUTES_A_SECOND = 3500;
/** Seconds below which nobody wonders. */
const LONG = 5;

const duration = (seconds: number): string =>
  seconds < 55
    ? `${Math.round(seconds / 5) * 5} seconds`
    : `${(seconds / 60).toFixed(1).replace('.0', '')} minutes`;

const problemOf = (text: string, least: number, most: number): string =>
  /^\d{1,3}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most ? '' : `${least} to ${most}`;

export function FabricForm() {
  const [spines, setSpines] = useState('4');
  const [leaves, setLeaves] = useState('8');
  const limits = useFabricLimits();
  const problems = [
    limits ? problemOf(spines, 1, limits.spines) : '',
    limits ? problemOf(leaves, 2, limits.leaves) : '',
  ] as const;
  const isWrong = problems.some((problem) => problem !== '');
  const cables = Number(spines) * Number(leaves);
  const tooLarge = !isWrong && limits !== undefined && cables > limits.cables;
  const cannotOpen = limits === undefined || isWrong || tooLarge;
  const seconds = cannotOpen ? 0 : (cables * Number(leaves)) / ROUTES_A_SECOND;
  return (
    <form
      className="fabric-form"
      aria-labelledby="catalogue-fabric"
      onSubmit={(event) => {
        event.preventDefault();
        if (cannotOpen) return;
        location.hash = formatRoute(
          routeTo({ kind: 'scenario', id: `fabric-${Number(spines)}x${Number(leaves)}` }),
        );
      }}
    >
      <h2 id="catalogue-fabric">A BGP fabric of any size</h2>
      <p>
        Every leaf has a session to every spine, and a guest behind it.
        {limits &&
          ` Up to ${limits.spines} spines and ${limits.leaves} leaves with ${limits.cables.toLocaleString('en')} cables in all.`}
      </p>
      <TextField
        label="Spines"
        mono
        inputMode="numeric"
        value={spines}
        problem={problems[0]}
        onChange={setSpines}
      />
      <TextField
        label="Leaves"
        mono
        inputMode="numeric"
        value={leaves}
        problem={problems[1]}
        onChange={setLeaves}
      />
      <Button type="submit" weight="line" disabled={cannotOpen}>
        Open the fabric
      </Button>
      {tooLarge && (
        <span className="form-problem" role="alert">
          {cables} cables; at most {limits.cables}
        </span>
      )}
      {seconds >= LONG && (
        <output className="fabric-cost">
          {cables} sessions; about {duration(seconds)} of computing until every guest reaches every other
        </output>
      )}
    </form>
  );
}
