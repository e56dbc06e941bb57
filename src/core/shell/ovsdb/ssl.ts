/** `get-ssl` as all three programs print it. */
export interface SslRow {
  readonly private_key: string;
  readonly certificate: string;
  readonly ca_cert: string;
  readonly bootstrap_ca_cert: boolean;
}

export function sslText(ssl: SslRow): string {
  return `Private key: ${ssl.private_key}\nCertificate: ${ssl.certificate}\nCA Certificate: ${ssl.ca_cert}\nBootstrap: ${ssl.bootstrap_ca_cert}\n`;
}
