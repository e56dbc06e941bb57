/** What the outputs from which a thing was drawn do not say of it. */
import type { Subject } from '../../engine/protocol.ts';
import { unknownOf } from '../../view/index.ts';
import { useWorld } from '../picture/PictureProvider.tsx';

export function NotTold({ subject }: { readonly subject: Subject }) {
  const { snapshot } = useWorld();
  const texts = unknownOf(subject, snapshot);
  if (texts.length === 0) return null;
  return (
    <section className="not-told">
      <h3>Not told by the outputs</h3>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </section>
  );
}
