// Compiled, never run: the main entry, which is all that a resolution without `exports` finds.
import { FilmgateError, createFilmgate, memoryStore } from "filmgate";
import type { Quote, VideoRequest, VideoResult } from "filmgate";

const request: VideoRequest = { model: "wan-2.6", prompt: "A lighthouse" };
const client = createFilmgate({ store: memoryStore() });
export const quotes: readonly Quote[] = client.quote(request, { details: true });
export const generating: Promise<VideoResult> = client.generate(request);
export const codeOf = (error: unknown) => (error instanceof FilmgateError ? error.code : undefined);
// @ts-expect-error A price is a number.
client.submit(request, { maxCostUsd: "1" });
