// What a provider answers, in bounds: an isolate has 128 MB for all that it does, and an answer is held several times until it is
// parsed.
import { holdBytes } from "./byte-budget.js";

/** Reading a longer one fails, as if its connection had broken. The longest are videos as Base64, of up to 15 MB. */
export const MAX_ANSWER_BYTES = 20_000_000;
/** Longer ones are read one after the other. The usual one is far shorter. */
const LARGE_ANSWER_BYTES = 1_000_000;
/** They share what a single API key may have of the budget. */
const SHARE = "answers of providers";

/** The response with a body that is no longer than that, and that waits for its turn if it is large. */
export function boundedAnswer(response: Response): Response {
  return response.body ? new Response(bounded(response.body), response) : response;
}

function bounded(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  let release: (() => void) | undefined;
  const fail = async (error: unknown): Promise<never> => {
    release?.();
    await reader.cancel(error).catch(() => undefined);
    throw error;
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          release?.();
          controller.close();
          return;
        }
        bytes += value.length;
        if (bytes > MAX_ANSWER_BYTES) throw new Error("The provider's answer is too long.");
        if (bytes > LARGE_ANSWER_BYTES) release ??= await holdBytes(SHARE, MAX_ANSWER_BYTES);
        controller.enqueue(value);
      } catch (error) {
        await fail(error);
      }
    },
    async cancel(reason) {
      release?.();
      await reader.cancel(reason);
    },
  });
}
