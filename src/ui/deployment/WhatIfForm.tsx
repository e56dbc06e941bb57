/** Another deployment from the same files: other counts of nodes, VLANs and subnets. It opens as a network of its own. */
import { useState } from 'react';
import type { DeploymentSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useSession } from '../engine/SessionProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { usePage } from '../store/StoreProvider.tsx';
import {
  asItIs,
  changesFile,
  countProblem,
  environmentOf,
  subnetProblem,
  vlanProblem,
  type Changes,
} from './what-if.ts';

export function WhatIfForm({ deployment }: { readonly deployment: DeploymentSnapshot }) {
  const session = useSession();
  const { opener } = useServices();
  const title = usePage((state) => state.document.title);
  const before = asItIs(deployment);
  const [changes, setChanges] = useState<Changes>(before);
  const set = (part: keyof Changes, name: string, text: string): void =>
    setChanges((old) => ({ ...old, [part]: { ...old[part], [name]: text } }));
  const environment = environmentOf(before, changes);
  const wrong =
    Object.values(changes.counts).some(countProblem) ||
    Object.values(changes.vlans).some(vlanProblem) ||
    Object.values(changes.subnets).some(subnetProblem);
  const open = async (): Promise<void> => {
    if (environment === null) return;
    const files = await session.call('deploymentFiles', null);
    const encoder = new TextEncoder();
    await opener.openAs(`${title}, changed`.replace(/(?:, changed)+$/, ', changed'), [
      ...files.map(({ name, text }) => ({ name, octets: encoder.encode(text) })),
      { name: changesFile(files.map(({ name }) => name)), octets: encoder.encode(environment) },
    ]);
  };
  return (
    <form
      className="what-if scroll"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) void open();
      }}
    >
      <fieldset>
        <legend>Nodes</legend>
        <div className="what-if-fields">
          {Object.entries(changes.counts).map(([role, count]) => (
            <TextField
              key={role}
              label={role}
              inputMode="numeric"
              mono
              value={count}
              problem={countProblem(count)}
              onChange={(text) => set('counts', role, text)}
            />
          ))}
        </div>
      </fieldset>
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
        <Button type="submit" weight="primary" disabled={environment === null || wrong}>
          Open as changed
        </Button>
        <span>
          The same files, with the changes as one more environment. It opens as a document of its own.
        </span>
      </div>
    </form>
  );
}
