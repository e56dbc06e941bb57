/** What an entry of the table of exec commands is. */
import type { Reply } from '../config/command.ts';
import type { ExecCommand } from '../config/language.ts';
import type { Args } from '../config/match.ts';
import type { ShowContext } from './context.ts';

export interface ShowCommand extends ExecCommand {
  readonly run: (context: ShowContext, args: Args) => Reply;
}

export const text = (value: string): Reply => ({ text: value });
export const warn = (value: string): Reply => ({ text: value, status: 'warning' });
