/** What a deployment is besides its networks: cabling of guests, load balancers, NIC templates, counts of nodes; one at a time, with the drawing beside it. */
import { useState } from 'react';
import { cablingOf } from '../../view/index.ts';
import { Empty } from '../controls/Empty.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { useQuestion } from '../engine/questions.ts';
import { NOT_LIT, type Drawing, type Lit } from '../picture/lit.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { SplitPicture } from '../picture/SplitPicture.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { CablingTable } from './CablingTable.tsx';
import { LoadBalancingView } from './LoadBalancingView.tsx';
import { NicTemplateView } from './NicTemplateView.tsx';
import { WhatIfForm } from './WhatIfForm.tsx';
import './deployment.css';

type View = 'cabling' | 'balancing' | 'templates' | 'what-if';

export function DeploymentLens({ mode, drawing }: { readonly mode: LayoutMode; readonly drawing: Drawing }) {
  const { snapshot } = useWorld();
  const cabling = cablingOf(snapshot);
  const balancing = useQuestion('loadBalancing', null).data;
  const isFromFiles = snapshot.deployment !== null;
  const options = [
    ...(cabling.length > 0 ? [{ value: 'cabling' as const, text: 'Cabling' }] : []),
    ...((balancing?.proxies.length ?? 0) > 0
      ? [{ value: 'balancing' as const, text: 'Load balancers' }]
      : []),
    ...(isFromFiles
      ? [
          { value: 'templates' as const, text: 'NIC templates' },
          { value: 'what-if' as const, text: 'What if' },
        ]
      : []),
  ];
  const [wanted, setWanted] = useState<View | null>(null);
  const [lit, setLit] = useState<Lit>(NOT_LIT);
  const view = options.find(({ value }) => value === wanted)?.value ?? options[0]?.value;
  if (view === undefined)
    return <Empty text="No machine here runs another, and no TripleO files made this network." />;
  return (
    <SplitPicture
      key={view === 'templates' ? 'right' : 'above'}
      mode={mode}
      side={view === 'templates' ? 'right' : 'above'}
      drawing={drawing(lit)}
    >
      <section className="deployment" aria-label="Deployment">
        <Segmented
          label="View of the deployment"
          className="deployment-views"
          value={view}
          options={options}
          onChange={(next) => {
            setWanted(next);
            setLit(NOT_LIT);
          }}
        />
        {view === 'cabling' && <CablingTable cabling={cabling} onLit={setLit} />}
        {view === 'balancing' && balancing && (
          <LoadBalancingView balancing={balancing} mode={mode} onLit={setLit} />
        )}
        {view === 'templates' && <NicTemplateView onLit={setLit} />}
        {view === 'what-if' && snapshot.deployment && <WhatIfForm deployment={snapshot.deployment} />}
      </section>
    </SplitPicture>
  );
}
