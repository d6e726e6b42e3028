// What filmgate sends for a request, which shows how to call a provider without filmgate.
import { createFilmgate, FilmgateError } from "filmgate";
import type { ProviderId } from "filmgate";
import { submitOptions } from "./request.js";
import type { CodeRequest } from "./types.js";

/** The submit of a request to its provider. */
export interface WireRequest {
  provider: ProviderId;
  url: string;
  body: unknown;
}

/** Any text: it is never sent, and not in the body. */
const ANY_KEY = "any";

/** The submit of a request, or why there is none. Nothing is sent. */
export async function wireRequest({ request, options }: CodeRequest): Promise<WireRequest | string> {
  const stop = new AbortController();
  let wire: WireRequest | undefined;
  const capture: typeof fetch = async (input, init) => {
    const sent = new Request(input, init);
    const provider = new URL(sent.url).host.includes("runware") ? "runware" : "runpod";
    wire ??= { provider, url: sent.url, body: JSON.parse(await sent.text()) };
    stop.abort();
    throw new TypeError("Nothing is sent.");
  };
  const client = createFilmgate({
    fetch: capture,
    // A body that can be sent only once needs a browser that can stream it, and nothing is sent here.
    runpod: { apiKey: ANY_KEY, acceptResendRisk: true },
    runware: { apiKey: ANY_KEY },
  });
  const { idempotencyKey } = options;
  try {
    await client.submit(request, { ...submitOptions(options), idempotencyKey, signal: stop.signal });
  } catch (error) {
    if (!wire) return error instanceof FilmgateError ? reasonOf(error) : String(error);
  }
  return wire ?? "Nothing would be sent.";
}

function reasonOf({ message, issues = [] }: FilmgateError): string {
  return issues.find(({ severity }) => severity === "error")?.message ?? message;
}
