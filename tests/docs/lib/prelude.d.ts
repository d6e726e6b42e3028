/** What the hidden parts of a page's programs may use; see prelude.mjs. */
declare const simulator: {
  control(path: string, body?: unknown): Promise<any>;
  ledger(): Promise<any>;
  fault(...rules: object[]): Promise<unknown>;
  publish(address: string, port: number): void;
};
