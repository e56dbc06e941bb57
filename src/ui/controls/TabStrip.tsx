/** The row of tabs at the head of a panel, with the panel that goes with the one in use. */
import type { ReactNode } from 'react';
import { Tabs } from '@base-ui/react/tabs';

interface TabEntry {
  readonly id: string;
  readonly text: string;
  readonly count?: number;
}

interface TabStripProps {
  readonly label: string;
  readonly tabs: readonly TabEntry[];
  readonly className?: string;
}

/** To be put inside a `Tabs.Root`. */
export function TabStrip({ label, tabs, className }: TabStripProps) {
  return (
    <Tabs.List className={`tab-strip${className ? ` ${className}` : ''}`} aria-label={label} activateOnFocus>
      {tabs.map((tab) => (
        <Tabs.Tab key={tab.id} value={tab.id} className="tab">
          <span data-text={tab.text}>{tab.text}</span>
          {tab.count !== undefined && tab.count > 0 && <span className="tab-count">{tab.count}</span>}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}

/** A panel of a `Tabs.Root`; not in the document while another tab is in use, unless `keep`. */
export function TabPanel({
  id,
  keep = false,
  className,
  children,
}: {
  readonly id: string;
  readonly keep?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <Tabs.Panel value={id} keepMounted={keep} className={`tab-panel${className ? ` ${className}` : ''}`}>
      {children}
    </Tabs.Panel>
  );
}
