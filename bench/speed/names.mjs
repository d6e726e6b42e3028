// The names of the measures in the results.
export const PROVIDERS = { runpod: "RunPod", runware: "Runware" };
export const KINDS = { valid: "valid", wrong: "three errors" };

export const ONE = "`validate` and `quote` of one request";
export const TWO = "`validate` and `quote` of two requests";
export const AGAIN = "`validate` and `quote`, the same request again";
export const ALL = "`quote` of all models";
export const RESPONSE = "one response of a running job";

/** The name of a validation. */
export const validation = (provider, kind) => `validation, ${PROVIDERS[provider]}, ${KINDS[kind]}`;

export const WHOLE = "a client that submits and waits, gzip";
export const SLIM = "`filmgate/slim` without its module, gzip";
export const GATEWAY = "`filmgate/gateway`, gzip";
export const MODULE = "`filmgate.wasm`, Brotli";
