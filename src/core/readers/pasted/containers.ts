/** `podman ps` and `docker ps`: the containers of a machine. */
import type { OutputReader } from './output.ts';

const HEADER = /^CONTAINER ID\s+IMAGE\s+COMMAND\s+CREATED\s+STATUS\b.*\bNAMES\s*$/;

export const readContainers: OutputReader = ({ host, lines }) => {
  const start = lines.findIndex((line) => HEADER.test(line.trim()));
  if (start < 0) return undefined;
  const names = lines.slice(start + 1).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    return /^[\da-f]{12,64}$/.test(words[0] ?? '') ? (words.at(-1) ?? []) : [];
  });
  return [{ kind: 'containers', host, names }];
};
