import { toUuid } from "../util/uuid.js";

/** The job id of an idempotency key, and of the position of a job in its call. Deterministic in all runtimes. */
export async function jobIdOf(idempotencyKey: string, index: number): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new TypeError("An idempotency key requires WebCrypto. A page has it over HTTPS only.");
  }
  const text = new TextEncoder().encode(`filmgate/ai-sdk:${index}:${idempotencyKey}`);
  return toUuid(new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}
