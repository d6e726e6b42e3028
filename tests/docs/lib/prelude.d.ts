/** What the hidden parts of a page's programs may use; see prelude.mjs. */
declare const simulator: import("../../../pkg/dist/testing/index.js").Simulator & {
  publish(address: string, port: number): void;
};
