import type { Video } from "../types/index.js";

const TYPES: Record<string, string> = { webm: "video/webm", mov: "video/quicktime" };

/** The media type of a video: that of its data URI, or by the ending of its URL. MP4 is the default everywhere. */
export function videoType({ url, data }: Video): string {
  const [, type] = /^data:([^;,]+)/.exec(data ?? url ?? "") ?? [];
  if (type) return type;
  const extension = /\.(\w+)$/.exec(url?.split(/[?#]/)[0] ?? "")?.[1]?.toLowerCase() ?? "";
  return TYPES[extension] ?? "video/mp4";
}
