// An application function: generates a clip for a shop within a budget, and never pays twice.
import { FilmgateError, type Filmgate, type Handle } from "filmgate";

export type Clip =
  | { state: "ready"; url: string; costUsd: number | undefined }
  | { state: "too expensive" }
  /** It may have been billed: a person checks the provider's console, and it is not submitted again. */
  | { state: "unknown"; handle: Handle | undefined };

export async function generateClip(client: Filmgate, prompt: string, maxCostUsd = 1): Promise<Clip> {
  const request = { model: "wan-2.6", prompt, duration: 5, resolution: "720p" } as const;
  try {
    const { videos, costUsd } = await client.generate(request, { provider: "runpod", maxCostUsd });
    return { state: "ready", url: videos[0]?.url ?? "", costUsd };
  } catch (error) {
    if (!(error instanceof FilmgateError)) throw error;
    if (error.code === "budget_exceeded") return { state: "too expensive" };
    if (error.code === "submission_unknown") return { state: "unknown", handle: error.handle };
    throw error;
  }
}
