/** Around parts of the page that are fetched when they are needed: one that does not come is left out, and told. */
import { Component, type ReactNode } from 'react';

interface PartBoundaryProps {
  readonly onMissing: () => void;
  readonly children: ReactNode;
}

export class PartBoundary extends Component<PartBoundaryProps, { readonly missing: boolean }> {
  override state: { readonly missing: boolean } = { missing: false };

  static getDerivedStateFromError(): { readonly missing: boolean } {
    return { missing: true };
  }

  override componentDidCatch(): void {
    this.props.onMissing();
  }

  override render(): ReactNode {
    return this.state.missing ? null : this.props.children;
  }
}
