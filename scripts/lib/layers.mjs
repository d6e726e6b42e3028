// The layers of the core, the highest first. An import points to a lower layer or stays in its own, never in a
// circle: tests/layers/ checks it, scripts/architecture.mjs draws it.

/** The shared small types. They import nothing above the codec. */
export const VOCABULARY = ["error", "field", "handle", "issue", "money", "near", "provider_id", "uuid"];

export const CORE_LAYERS = [
  ["client", "wasm"],
  ["untyped"],
  ["plan"],
  ["job"],
  ["provider", "schedule"],
  ["outcome", "quote", "request"],
  ["catalog"],
  VOCABULARY,
  ["codec"],
  ["json"],
];
