// The entry `filmgate/gateway`.
import { CLIENT, DEFAULT_REQUEST_TIMEOUT_MS, SUBMIT_DEFAULTS } from "../client/options.js";
import { GatewayConnection } from "../gateway/connection.js";
import { API_KEY, URL_TEXT, readOptions, required } from "../util/options.js";
import type { GatewayClient, GatewayClientOptions } from "../types/index.js";
import { RemoteClient } from "./remote-client.js";

const { store, fetch, requestTimeoutMs } = CLIENT;
const OPTIONS = { url: required(URL_TEXT), apiKey: required(API_KEY), store, fetch, requestTimeoutMs };

/**
 * Creates a client of a gateway that needs no WebAssembly. Nothing is sent before its first call.
 *
 * @throws FilmgateError `invalid_request` if an option is unknown or invalid.
 */
export function createGatewayClient(given: GatewayClientOptions): GatewayClient {
  const options = readOptions<GatewayClientOptions>(given, OPTIONS, { submit: SUBMIT_DEFAULTS, createFilmgate: CLIENT });
  // A page never knows that nothing was sent, so that a submit without a response is taken as sent.
  const connection = new GatewayConnection(options, options, () => false);
  const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  return new RemoteClient(options, connection, requestTimeoutMs);
}

export { FilmgateError } from "../error.js";
export { memoryStore } from "../store/memory.js";
export { indexedDbStore } from "../store/indexeddb.js";
export type * from "../types/index.js";
