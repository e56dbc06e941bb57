/** What the pointer is over, after a moment: the name and where it is, for things whose label the zoom leaves out. */
import { useEffect, useState } from 'react';
import { subjectOf, type Point } from '../../view/index.ts';
import { describeSubject } from '../subjects/describe.ts';
import { useWorld } from './PictureProvider.tsx';

const DELAY = 450;

export function HoverTip({ id, at }: { readonly id: string; readonly at: Point }) {
  const { model, snapshot } = useWorld();
  const [ready, setReady] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setReady(id), DELAY);
    return () => clearTimeout(timer);
  }, [id]);
  if (ready !== id) return null;
  const node = model.node(id);
  const subject = node?.subject ?? model.edge(id)?.subject ?? subjectOf(id);
  const words = subject ? describeSubject(subject, snapshot) : null;
  const name = words?.name ?? node?.name ?? '';
  if (name === '') return null;
  return (
    <div className="hover-tip tip" style={{ left: at.x + 12, top: at.y + 16 }} aria-hidden="true">
      <b>{name}</b>
      <span className="quiet">{words?.where ?? node?.trail}</span>
    </div>
  );
}
