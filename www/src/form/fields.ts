// How the page labels the fields of a request and where it puts them. Their values and the listings
// that support them come from the catalog: see field-options.ts.

/** The part of the form that a field belongs to; a field that a model requires is never collapsed. */
export type Slot = "prompt" | "media" | "chips" | "frame" | "references" | "generation" | "delivery";

export interface FieldSpec {
  /** Path in the request. */
  path: string;
  label: string;
  slot: Slot;
  /** Makes a multi-line text. */
  rows?: number;
  /** Follows each value. */
  unit?: string;
  /** Label of the empty option. */
  empty?: string;
  placeholder?: string;
  hint?: string;
}

export const FIELDS: readonly FieldSpec[] = [
  { path: "prompt", label: "Prompt", slot: "prompt", rows: 4, placeholder: "A red fox runs through fresh snow, slow tracking shot" },

  { path: "image", label: "First frame", slot: "media" },

  { path: "duration", label: "Duration", slot: "chips", unit: "s", empty: "Any duration" },
  { path: "n", label: "Number of videos", slot: "frame", hint: "Each is billed." },

  { path: "resolution", label: "Resolution", slot: "chips", empty: "Any resolution" },
  { path: "aspectRatio", label: "Aspect ratio", slot: "chips", empty: "Any ratio" },
  { path: "generateAudio", label: "Audio", slot: "chips" },
  { path: "size", label: "Exact size", slot: "frame", placeholder: "1280x720" },

  { path: "lastFrameImage", label: "Last frame", slot: "references" },
  {
    path: "referenceImages",
    label: "Reference images",
    slot: "references",
    hint: "Subjects to include.",
  },
  {
    path: "video",
    label: "Source video",
    slot: "references",
    placeholder: "https://…",
    hint: "A URL.",
  },
  {
    path: "referenceVideos",
    label: "Reference videos",
    slot: "references",
    hint: "For example, a motion to follow.",
  },
  {
    path: "audio",
    label: "Source audio",
    slot: "references",
    placeholder: "https://…",
    hint: "A URL.",
  },
  {
    path: "remixId",
    label: "Remix of",
    slot: "references",
    placeholder: "video_…",
    hint: "The id of an earlier video. Not combined with a first frame or a size.",
  },

  {
    path: "negativePrompt",
    label: "Negative prompt",
    slot: "generation",
    rows: 2,
    hint: "What to avoid.",
  },
  { path: "draft", label: "Draft", slot: "generation", hint: "Faster and cheaper." },
  { path: "enhancePrompt", label: "Prompt enhancement", slot: "generation" },
  { path: "shotType", label: "Shot type", slot: "generation" },
  { path: "style", label: "Style", slot: "generation" },
  { path: "motionAmount", label: "Motion amount", slot: "generation" },
  { path: "cameraFixed", label: "Fixed camera", slot: "generation" },
  {
    path: "characterOrientation",
    label: "Character orientation",
    slot: "generation",
    hint: "Follows the image or the video.",
  },
  { path: "resizeMode", label: "Resize mode", slot: "generation" },
  { path: "loop", label: "Loop", slot: "generation", hint: "The end matches the start." },
  { path: "music", label: "Music", slot: "generation" },
  { path: "keepAudio", label: "Keep the source audio", slot: "generation" },
  { path: "fps", label: "Frames per second", slot: "generation" },
  { path: "seed", label: "Seed", slot: "generation", hint: "Makes results repeatable." },
  {
    path: "guidanceScale",
    label: "Guidance scale",
    slot: "generation",
    hint: "How closely to follow the prompt.",
  },
  { path: "inferenceSteps", label: "Inference steps", slot: "generation" },
  { path: "hdr", label: "High dynamic range", slot: "generation" },
  { path: "exr", label: "EXR files", slot: "generation" },
  { path: "contentCheck", label: "Content check", slot: "generation" },

  { path: "output.type", label: "Output type", slot: "delivery" },
  { path: "output.format", label: "File format", slot: "delivery" },
  { path: "output.quality", label: "Compression quality", slot: "delivery" },
  { path: "ttlSeconds", label: "Time to live (seconds)", slot: "delivery" },
  {
    path: "uploadUrl",
    label: "Upload URL",
    slot: "delivery",
    placeholder: "https://…",
    hint: "Receives the finished file.",
  },
  {
    path: "webhookUrl",
    label: "Webhook URL",
    slot: "delivery",
    placeholder: "https://…",
    hint: "The provider reports the end of the job there.",
  },
  {
    path: "deliveryMethod",
    label: "Delivery method",
    slot: "delivery",
    empty: "Default (async)",
    hint: "“sync” loses the job if the response is lost.",
  },
  {
    path: "taskUUID",
    label: "Task id",
    slot: "delivery",
    hint: "A version 4 UUID. Generated if empty.",
  },
  { path: "includeCost", label: "Report the actual cost", slot: "delivery" },
];

/** The fields that are shown before a model is chosen. */
export const COMMON_FIELDS = new Set([
  "prompt",
  "negativePrompt",
  "image",
  "lastFrameImage",
  "duration",
  "resolution",
  "aspectRatio",
  "generateAudio",
]);

/** Parts of the form that are collapsed, with their titles. */
export const COLLAPSED: readonly [Slot, string][] = [
  ["frame", "Frame and number"],
  ["references", "Reference images, videos and audio"],
  ["generation", "Generation"],
  ["delivery", "Output and delivery"],
];

export const MEDIA: ReadonlySet<string> = new Set(["image", "images", "video", "videos", "audio"]);
