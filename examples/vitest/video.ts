// A function of one's own: a clip for a shop, within its budget, and never paid twice.
import { FilmgateError, type Filmgate, type Handle } from "filmgate";

export type Clip =
  | { state: "ready"; address: string; costUsd: number | undefined }
  | { state: "too expensive" }
  /** It may have been paid: a person looks it up, and nobody orders it again. */
  | { state: "look it up"; handle: Handle | undefined };

export async function filmClip(film: Filmgate, prompt: string, maxCostUsd = 1): Promise<Clip> {
  const request = { model: "wan-2.6", prompt, duration: 5, resolution: "720p" } as const;
  try {
    const { videos, costUsd } = await film.generate(request, { provider: "runpod", maxCostUsd });
    return { state: "ready", address: videos[0]?.url ?? "", costUsd };
  } catch (error) {
    if (!(error instanceof FilmgateError)) throw error;
    if (error.code === "budget_exceeded") return { state: "too expensive" };
    if (error.code === "submission_unknown") return { state: "look it up", handle: error.handle };
    throw error;
  }
}
