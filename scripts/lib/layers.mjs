// The layers of the core, the highest first. An import points to a lower layer or stays in its own, never in a
// circle: tests/layers/ checks it, scripts/architecture.mjs draws it.

/** What everything speaks of: small types that import nothing above the codec. */
export const VOCABULARY = ["error", "field", "handle", "issue", "money", "provider_id", "uuid"];

export const CORE_LAYERS = [
  ["wasm"],
  ["untyped"],
  ["plan"],
  ["job"],
  ["provider", "schedule"],
  ["outcome", "price", "request"],
  ["catalog"],
  VOCABULARY,
  ["codec"],
  ["json"],
];
