/** What decided the hop before the step at hand: some steps with their rows, the others in a line each; every one leads to its step. */
import { stepRow } from '../../view/index.ts';
import { useStepDetail } from '../engine/queries.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import { DecidingRows } from './DecidingRows.tsx';

/** A packet through many routers meets more rows than anybody reads here. */
const MOST = 8;

interface DecidersBeforeProps {
  /** Indices of steps, the nearest first. */
  readonly full: readonly number[];
  readonly brief: readonly number[];
}

export function DecidersBefore({ full, brief }: DecidersBeforeProps) {
  const { tree } = usePicture();
  const { goTo } = useActions();
  const line = (index: number) => {
    const row = stepRow(tree, index);
    return (
      row && (
        <button
          type="button"
          className="decider"
          onClick={() => goTo(index)}
          aria-label={`Step ${row.number}, ${row.host} ${row.where}, ${row.stage}, ${row.result}`}
        >
          <span>{row.number}</span>
          <span>{row.where}</span>
          <span title={row.stage}>{row.stage}</span>
          <span title={row.result}>{row.result}</span>
        </button>
      )
    );
  };
  return (
    <>
      {full.map((index) => (
        <RowsOfStep key={index} index={index} />
      ))}
      {brief.length > 0 && (
        <>
          <h4 className="deciders-head">Before that</h4>
          <ul className="deciders">
            {brief.slice(0, MOST).map((index) => (
              <li key={index}>{line(index)}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function RowsOfStep({ index }: { readonly index: number }) {
  const { run } = usePicture();
  const detail = useStepDetail(run?.id ?? null, index);
  return detail && <DecidingRows detail={detail} elsewhere />;
}
