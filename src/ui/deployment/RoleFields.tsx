/** Of each role how many nodes there are and which template wires them: one of the set, a layout, or a file that is added. */
import { useRef } from 'react';
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { TextField } from '../controls/TextField.tsx';
import { countProblem, layoutFiles, type Changes, type TextFile } from './what-if.ts';

interface RoleFieldsProps {
  readonly deployment: DeploymentSnapshot;
  readonly changes: Changes;
  readonly added: readonly TextFile[];
  readonly onChange: (part: 'counts' | 'templates', role: string, text: string) => void;
  readonly onAdd: (files: readonly TextFile[]) => void;
}

export function RoleFields({ deployment, changes, added, onChange, onAdd }: RoleFieldsProps) {
  const input = useRef<HTMLInputElement>(null);
  const shorts = shortNames(deployment.templates);
  const options = [
    ...deployment.templates.map((path, at) => ({
      value: path,
      text: shorts[at] ?? path,
      group: 'Of this set',
    })),
    ...added.map(({ name }) => ({ value: name, text: name, group: 'Added' })),
    ...layoutFiles(deployment).map(({ name, title }) => ({ value: name, text: title, group: 'Layouts' })),
  ];
  return (
    <fieldset>
      <legend>Roles</legend>
      <table>
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">Nodes</th>
            <th scope="col">NIC template</th>
          </tr>
        </thead>
        <tbody>
          {deployment.roles.map(({ name: role }) => {
            const count = changes.counts[role] ?? '';
            const template = changes.templates[role] ?? '';
            const known = options.some(({ value }) => value === template);
            return (
              <tr key={role}>
                <th scope="row">{role}</th>
                <td>
                  <TextField
                    label={role}
                    bare
                    mono
                    inputMode="numeric"
                    value={count}
                    problem={countProblem(count)}
                    onChange={(text) => onChange('counts', role, text)}
                  />
                </td>
                <td>
                  <Choice
                    label={`NIC template of ${role}`}
                    bare
                    value={template}
                    options={
                      known
                        ? options
                        : [{ value: template, text: template === '' ? 'none' : template }, ...options]
                    }
                    onChange={(path) => onChange('templates', role, path)}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Button glyph="open" onClick={() => input.current?.click()}>
        Add a NIC template
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="NIC template files"
        accept=".yaml,.yml,.j2,.json"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          void Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() }))).then(
            onAdd,
          );
        }}
      />
    </fieldset>
  );
}

/** Paths without the folders that all of them share. */
function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split('/'));
  const [first = []] = parts;
  let shared = 0;
  while (
    shared < first.length - 1 &&
    parts.every((one) => one.length > shared + 1 && one[shared] === first[shared])
  )
    shared += 1;
  return parts.map((one) => one.slice(shared).join('/'));
}
