import { toUuid } from "../util/uuid.js";

/** The name of the job that an idempotency key stands for: the same for the same key, wherever it is made. */
export async function jobKey(idempotencyKey: string, index: number): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new TypeError("An idempotency key needs WebCrypto, which a page has only over HTTPS.");
  }
  const text = new TextEncoder().encode(`filmgate/ai-sdk:${index}:${idempotencyKey}`);
  return toUuid(new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}
