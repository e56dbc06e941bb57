/** The commands that every database program has. */
import type { Command } from '../command.ts';
import { add, clear, remove } from './add-remove.ts';
import { comment, destroy, waitUntil } from './destroy.ts';
import { get } from './get.ts';
import { find, list } from './list.ts';
import { create, set } from './set.ts';

export const DATABASE_COMMANDS: readonly Command[] = [
  comment,
  get,
  list,
  find,
  set,
  add,
  remove,
  clear,
  create,
  destroy,
  waitUntil,
];
