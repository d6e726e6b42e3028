// A video in the form of OpenRouter's API: `VideoGenerationResponse` of @openrouter/sdk 1.3.19, and the `data` of its
// webhooks (openrouter.ai/docs/guides/overview/multimodal/video-generation).
import type { VideoResult } from "filmgate";
import { toUsd } from "./money.js";
import type { VideoDetails } from "./types.js";

/** What this reads of a video in OpenAI's form. */
interface Video {
  id: string;
  model: string;
  filmgate: Pick<VideoDetails, "status" | "billing"> & { outcome?: VideoResult; error?: { message: string } };
}

export type OpenRouterStatus = "pending" | "in_progress" | "completed" | "failed" | "cancelled" | "expired";

export interface OpenRouterVideo {
  id: string;
  generation_id?: string;
  polling_url: string;
  status: OpenRouterStatus;
  model: string;
  error?: string;
  /** They need the API key. */
  unsigned_urls?: string[];
  /** Signed: they need no API key, and expire. */
  urls?: string[];
  usage?: { cost: number | null; is_byok: false };
}

/** `text` is the video as JSON in OpenAI's form; `origin` is the gateway's public URL. */
export function openRouterVideo(text: string, origin: string): OpenRouterVideo {
  const { id, model, filmgate } = JSON.parse(text) as Video;
  const { outcome, error, billing } = filmgate;
  const status = statusOf(filmgate.status);
  const hasEnded = status !== "pending" && status !== "in_progress";
  const videos = outcome?.videos ?? [];
  // Both are documented: absolute in the guide, and followed as it is by its examples.
  const url = `${origin}/api/v1/videos/${id}`;
  return {
    id,
    polling_url: url,
    status,
    model,
    ...(hasEnded && { generation_id: id }),
    ...(error && { error: error.message }),
    ...(status === "completed" && {
      unsigned_urls: videos.map((_, index) => `${url}/content?index=${index}`),
      urls: videos.flatMap((video) => (video.url === undefined ? [] : [video.url])),
    }),
    ...(hasEnded && { usage: { cost: costOf(outcome, billing), is_byok: false as const } }),
  };
}

function statusOf(status: VideoDetails["status"]): OpenRouterStatus {
  switch (status) {
    case "submitting":
    case "queued":
      return "pending";
    case "reconciling":
    case "running":
      return "in_progress";
    case "submission_unknown":
      return "failed";
    default:
      return status;
  }
}

/** Dollars; `null` if it is not known. */
function costOf(outcome: VideoResult | undefined, billing: VideoDetails["billing"]): number | null {
  if (outcome?.costUsd !== undefined) return outcome.costUsd;
  if (billing?.kind === "charged") return toUsd(billing.microUsd);
  return billing?.kind === "not_charged" ? 0 : null;
}
