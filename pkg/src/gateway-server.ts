// The entry for the gateway in worker/ alone: the client of the providers without that of a gateway, and what the two
// sides of a gateway share. It may change in any version.
import { DirectClient } from "./client/direct.js";
import type { CustomModels } from "./client/custom-models.js";
import type { AnswerOptions } from "./driver/connection.js";
import type { Filmgate, FilmgateOptions } from "./types/index.js";

/**
 * `models`: a catalog that several clients share, so that it is read once. `boundAnswer`: limits how much of a provider's answer is
 * read.
 */
type GatewayOptions = Omit<FilmgateOptions, "models"> & { models?: CustomModels } & AnswerOptions;

/**
 * Creates a client of the providers that neither probes nor quotes live. The options are not checked: they are the gateway's
 * own.
 */
export const createFilmgate = ({ models, ...options }: GatewayOptions = {}): Filmgate =>
  new DirectClient({ ...options, models } as unknown as FilmgateOptions);

export { CustomModels } from "./client/custom-models.js";
export type { CallerCatalog } from "./core/protocol.js";
export { initWasm } from "./slim.js";
export { verifyWebhookUrl } from "./client/webhook.js";
export { isPublicHost } from "./core/core.js";
export { FilmgateError } from "./error.js";
export { memoryStore } from "./store/memory.js";
export { backoffMs, withJitter } from "./util/backoff.js";
export type { Backoff } from "./util/backoff.js";
export { fromBase64, toBase64, toHex } from "./util/encoding.js";
export { readText } from "./util/read-text.js";
export type { TextBody } from "./util/read-text.js";
export { sleep } from "./util/sleep.js";
export { isFinal } from "./util/status.js";
export type * from "./types/index.js";
