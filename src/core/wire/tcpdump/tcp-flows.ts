/** First sequence numbers of the TCP connections seen, so that later ones print relative to them. */
export interface TcpFlow {
  /** Of the side with the lower port (at equal ports: the lower address). */
  sequence: number;
  acknowledgement: number;
}

/** Connections by addresses and ports, lower port first. */
export class TcpFlows {
  private readonly flows = new Map<string, TcpFlow>();

  get(key: string): TcpFlow | undefined {
    return this.flows.get(key);
  }

  set(key: string, flow: TcpFlow): void {
    this.flows.set(key, flow);
  }
}
