/** The part of a `Response` that is read. A custom `fetch` may return other objects. */
export type TextBody = Pick<Response, "text"> & { body?: Response["body"] };

/**
 * The text of a response, or `undefined` if it is longer than `maxBytes` after decompression. No more than that is
 * read.
 */
export async function readText(response: TextBody, maxBytes: number): Promise<string | undefined> {
  const { body } = response;
  if (typeof body?.getReader !== "function") {
    const text = await response.text();
    return typeof text === "string" && text.length > maxBytes ? undefined : text;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return parts.join("") + decoder.decode();
    bytes += value.length;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
}
