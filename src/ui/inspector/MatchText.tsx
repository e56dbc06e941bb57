/** A flow's match; a term on a field that an earlier step wrote is marked and leads to that step. */
import { Fragment } from 'react';
import { useActions } from '../store/StoreProvider.tsx';
import { matchTerms, type FieldValue } from './field-history.ts';

export function MatchText({
  text,
  fields,
}: {
  readonly text: string;
  readonly fields: ReadonlyMap<string, FieldValue>;
}) {
  const { goTo } = useActions();
  return matchTerms(text).map((term, at) => {
    const written = fields.get(term.field);
    return (
      <Fragment key={at}>
        {at > 0 && (
          <>
            ,<wbr />
          </>
        )}
        {written ? (
          <button
            type="button"
            className="term"
            title={`Set to ${written.value} at step ${written.step + 1}`}
            onClick={() => goTo(written.step)}
          >
            {term.text}
          </button>
        ) : (
          term.text
        )}
      </Fragment>
    );
  });
}
