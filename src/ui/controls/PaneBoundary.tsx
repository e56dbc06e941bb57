/** One error boundary a pane: a fault of ours in one panel leaves the others as they were. */
import { Component, type ReactNode } from 'react';
import { Button } from './Button.tsx';

interface PaneBoundaryProps {
  readonly name: string;
  readonly children: ReactNode;
}

export class PaneBoundary extends Component<PaneBoundaryProps, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="pane-fault" role="alert">
        <p>
          <b>{this.props.name} stopped.</b> The network and the other panels are as they were.
        </p>
        <code>{error.message}</code>
        <Button weight="line" onClick={() => this.setState({ error: null })}>
          Show it again
        </Button>
        <Button weight="line" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </div>
    );
  }
}
