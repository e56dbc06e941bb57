/** While a thing is being moved without a drag: how, and how to be done with it. */
import { memo } from 'react';
import { Button } from '../controls/Button.tsx';
import '../compose/compose.css';

interface MovingBannerProps {
  readonly name: string;
  readonly onEnd: (keep: boolean) => void;
}

export const MovingBanner = memo(function MovingBanner({ name, onEnd }: MovingBannerProps) {
  return (
    <output className="pick-banner">
      Arrow keys move {name}; or click where it should be
      <Button weight="line" onClick={() => onEnd(true)}>
        Keep it here
      </Button>
      <Button onClick={() => onEnd(false)}>Put it back</Button>
    </output>
  );
});
