/** Another deployment from the same files: other counts of nodes, NIC layouts, VLANs and subnets. It opens as a network of its own. */
import { useState } from 'react';
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useSession } from '../engine/SessionProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { usePage } from '../store/StoreProvider.tsx';
import { RoleFields } from './RoleFields.tsx';
import {
  asItIs,
  changedFiles,
  countProblem,
  subnetProblem,
  vlanProblem,
  type Changes,
  type TextFile,
} from './what-if.ts';

export function WhatIfForm({ deployment }: { readonly deployment: DeploymentSnapshot }) {
  const session = useSession();
  const { opener } = useServices();
  const title = usePage((state) => state.document.title);
  const [changes, setChanges] = useState<Changes>(() => asItIs(deployment));
  const [added, setAdded] = useState<readonly TextFile[]>([]);
  const set = (part: keyof Changes, name: string, text: string): void =>
    setChanges((old) => ({ ...old, [part]: { ...old[part], [name]: text } }));
  const isSame = changedFiles(deployment, changes, added, []).length === 0;
  const wrong =
    Object.values(changes.counts).some(countProblem) ||
    Object.values(changes.vlans).some(vlanProblem) ||
    Object.values(changes.subnets).some(subnetProblem);
  const open = async (): Promise<void> => {
    if (isSame) return;
    const files = await session.call('deploymentFiles', null);
    const more = changedFiles(
      deployment,
      changes,
      added,
      files.map(({ name }) => name),
    );
    const encoder = new TextEncoder();
    await opener.openAs(
      `${title}, changed`.replace(/(?:, changed)+$/, ', changed'),
      [...files, ...more].map(({ name, text }) => ({ name, octets: encoder.encode(text) })),
    );
  };
  return (
    <form
      className="what-if scroll"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) void open();
      }}
    >
      <RoleFields
        deployment={deployment}
        changes={changes}
        added={added}
        onChange={set}
        onAdd={(files) =>
          setAdded((old) => [...old.filter((one) => files.every(({ name }) => name !== one.name)), ...files])
        }
      />
      <fieldset>
        <legend>Networks</legend>
        <table>
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">VLAN</th>
              <th scope="col">Subnet</th>
            </tr>
          </thead>
          <tbody>
            {deployment.networks.map(({ name }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {changes.vlans[name] === undefined ? (
                    'untagged'
                  ) : (
                    <TextField
                      label={`VLAN of ${name}`}
                      bare
                      mono
                      inputMode="numeric"
                      value={changes.vlans[name]}
                      problem={vlanProblem(changes.vlans[name])}
                      onChange={(text) => set('vlans', name, text)}
                    />
                  )}
                </td>
                <td>
                  {changes.subnets[name] === undefined ? (
                    'not told'
                  ) : (
                    <TextField
                      label={`Subnet of ${name}`}
                      bare
                      mono
                      value={changes.subnets[name]}
                      problem={subnetProblem(changes.subnets[name])}
                      onChange={(text) => set('subnets', name, text)}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </fieldset>
      <div className="what-if-end">
        <Button type="submit" weight="primary" disabled={isSame || wrong}>
          Open as changed
        </Button>
        <span>
          The same files, with the changes in an environment behind them. It opens as a document of its own.
        </span>
      </div>
    </form>
  );
}
