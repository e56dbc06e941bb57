/** The run as a tree: packets, their copies, and what each of them caused. */
import { branchesOf, type Branch } from '../../view/index.ts';
import { memo, useMemo } from 'react';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';

/** More branches than this are left to the list. */
const MOST = 400;

const GLYPH: Readonly<Record<Branch['end'], GlyphName>> = {
  delivered: 'check',
  dropped: 'drop',
  copied: 'share',
  open: 'packet',
};

interface Row {
  readonly branch: Branch;
  readonly depth: number;
}

export const BranchTree = memo(function BranchTree() {
  const { tree, index } = usePicture();
  const { goTo } = useActions();
  const { rows, more } = useMemo(() => {
    const all: Row[] = [];
    const walk = (branches: readonly Branch[], depth: number): void => {
      for (const branch of branches) {
        all.push({ branch, depth });
        walk(branch.children, depth + 1);
      }
    };
    walk(branchesOf(tree), 0);
    return { rows: all.slice(0, MOST), more: Math.max(0, all.length - MOST) };
  }, [tree]);
  // The innermost branch that the playhead is on.
  const current = rows.findLast(({ branch }) => branch.from <= index && index <= branch.to)?.branch;
  return (
    <ol className="branches scroll" aria-label="Branches">
      {rows.map(({ branch, depth }) => (
        <li key={branch.from}>
          <button
            type="button"
            className={`branch branch-${branch.end}`}
            aria-current={branch === current ? 'step' : undefined}
            aria-label={`${'in it: '.repeat(Math.min(depth, 1))}${branch.text}, ${branch.where}, ${branch.outcome === '' ? branch.end : branch.outcome}`}
            style={{ paddingLeft: 10 + Math.min(depth, 12) * 16 }}
            onClick={() => goTo(branch.from)}
          >
            <Glyph name={GLYPH[branch.end]} size={12} />
            <b>{branch.text}</b>
            <span>{branch.where}</span>
            <i>{branch.outcome}</i>
            <code>{branch.time}</code>
          </button>
        </li>
      ))}
      {more > 0 && <li className="quiet">and {more} more</li>}
    </ol>
  );
});
