/** One command and what it prints, as it prints it. */
import { useId } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions } from '../store/StoreProvider.tsx';

interface ProgramTextProps {
  readonly title: string;
  readonly command: string;
  readonly text: string;
  /** Where the command can be typed. */
  readonly host: string | null;
}

export function ProgramText({ title, command, text, host }: ProgramTextProps) {
  const id = useId();
  const { terminals } = useServices();
  const { showTerminal } = useActions();
  return (
    <section className="program" aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        {host && command !== '' && (
          <IconButton
            glyph="term"
            size={14}
            label={`Type this on ${host}`}
            onClick={() => {
              showTerminal(host);
              terminals.of(host).type(command);
            }}
          />
        )}
        <IconButton
          glyph="copy"
          size={14}
          label={`Copy ${title}`}
          onClick={() => void navigator.clipboard?.writeText(text)}
        />
      </header>
      {command !== '' && <code className="program-command">{command}</code>}
      <ScrollText className="program-text" label={`${title}, text`}>
        {text.trimEnd() === '' ? <span className="quiet">(nothing)</span> : text.trimEnd()}
      </ScrollText>
    </section>
  );
}
