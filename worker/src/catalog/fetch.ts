// Fetches CATALOG_URL: once an hour, and sooner after a failure. Whatever fails, the last catalog stays in use.
import { readText } from "filmgate/gateway-server";
import type { Env } from "../env.js";
import { errorCode } from "../errors.js";
import { log } from "../log.js";
import { PrivateUrlError, publicFetch } from "../public-fetch.js";
import { registryOf } from "../stubs.js";
import type { CatalogFetch } from "../types.js";
import { forgetCatalog } from "./in-use.js";
import { CatalogError, MAX_CATALOG_BYTES, readCatalog, sha256 } from "./read.js";

const HOUR_MS = 60 * 60_000;
/** A trigger may run a little early. */
const TOLERANCE_MS = 60_000;
const TIMEOUT_MS = 30_000;

/** A response that cannot be used. */
class FetchError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** An uploaded catalog goes before. Without the variable, a catalog that was fetched is not used any more. Never throws. */
export async function fetchCatalog(env: Env, now: number): Promise<void> {
  try {
    const registry = registryOf(env);
    const { info, fetch } = await registry.catalogInfo();
    const url = env.CATALOG_URL;
    if (!url) {
      if (info?.source === "url") await registry.deleteCatalog();
      if (fetch) await registry.putCatalogFetch(undefined);
      return;
    }
    if (info?.source === "upload") return;
    const urlHash = await sha256(new TextEncoder().encode(url));
    const last = fetch?.urlHash === urlHash ? fetch : { urlHash, at: 0 };
    if (last.failure || now - last.at >= HOUR_MS - TOLERANCE_MS) await registry.putCatalogFetch(await update(env, url, last, now));
  } catch (error) {
    log("error", { step: "catalog", code: errorCode(error) });
  }
}

/** Takes over what is new at the URL; returns how that went. */
async function update(env: Env, url: string, last: CatalogFetch, now: number): Promise<CatalogFetch> {
  const { failure: _, ...known } = last;
  try {
    const { etag, text } = await download(env, url, last.etag);
    if (text === undefined) return { ...known, at: now };
    const bodyHash = await sha256(new TextEncoder().encode(text));
    const read = { urlHash: last.urlHash, at: now, bodyHash, ...(etag !== undefined && { etag }) };
    if (bodyHash === last.bodyHash) return read;
    const { info, json } = await readCatalog(text);
    await registryOf(env).putCatalog({ ...info, source: "url", storedAt: now }, json);
    forgetCatalog();
    log("catalog", { code: info.version });
    return read;
  } catch (error) {
    const failure = failureOf(error);
    log("error", { step: "catalog", code: failure.code });
    return { ...known, at: now, failure };
  }
}

interface Downloaded {
  etag?: string;
  /** Absent: it is the one that the tag names. */
  text?: string;
}

const download = (env: Env, url: string, known: string | undefined): Promise<Downloaded> =>
  respondedText(env, url, known).catch((error: unknown) => {
    throw error instanceof FetchError ? error : networkError(error);
  });

async function respondedText(env: Env, url: string, known: string | undefined): Promise<Downloaded> {
  const response = await publicFetch(env, { isSecure: true })(url, {
    headers: { accept: "application/json", ...(known !== undefined && { "if-none-match": known }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 304 && known !== undefined) return {};
    throw new FetchError(`http_${response.status}`, `The host of CATALOG_URL responded with HTTP ${response.status}.`);
  }
  const text = await readText(response, MAX_CATALOG_BYTES);
  if (text === undefined) {
    throw new FetchError("too_large", `The catalog at CATALOG_URL has more than ${MAX_CATALOG_BYTES.toLocaleString("en")} bytes.`);
  }
  const etag = response.headers.get("etag");
  return { text, ...(etag !== null && { etag }) };
}

/** Without the URL, and without what a host's error says. Other errors are the gateway's own. */
function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof FetchError) return { code: error.code, message: error.message };
  if (error instanceof CatalogError) return { code: "invalid_catalog", message: `CATALOG_URL: ${error.message}` };
  throw error;
}

function networkError(error: unknown): FetchError {
  if (error instanceof PrivateUrlError) {
    return new FetchError("private_url", "CATALOG_URL, or where it redirects to, is not a public https URL.");
  }
  return error instanceof Error && error.name === "TimeoutError"
    ? new FetchError("timeout", `The host of CATALOG_URL did not respond within ${TIMEOUT_MS / 1000} seconds.`)
    : new FetchError("connection_error", "The host of CATALOG_URL cannot be reached.");
}
