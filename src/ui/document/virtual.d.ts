/** Made by `.ci/started.mjs`. */
declare module 'virtual:started' {
  /** Addresses of `Started` as JSON, by the scenario's id. */
  export const STARTED: Readonly<Record<string, string>>;
}
