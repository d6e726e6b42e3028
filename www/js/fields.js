// How the page labels the fields of a request and where it puts them. Their values and the listings
// that support them come from the catalog: see field-options.js.

/**
 * `slot`: the part of the form it belongs to; a field that a model requires is never collapsed. `rows`
 * makes a multi-line text, `unit` follows each value, `empty` is the label of the empty option.
 */
export const FIELDS = [
  { path: "prompt", label: "Prompt", slot: "prompt", rows: 5 },

  { path: "image", label: "First frame", slot: "media" },

  { path: "duration", label: "Duration", slot: "basics", unit: "s", empty: "Choose…" },
  { path: "generateAudio", label: "Audio", slot: "basics" },
  { path: "n", label: "Number of videos", slot: "basics", hint: "Each is billed." },

  { path: "resolution", label: "Resolution", slot: "frame" },
  { path: "aspectRatio", label: "Aspect ratio", slot: "frame" },
  { path: "size", label: "or exact size", slot: "frame", placeholder: "1280x720" },

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

/** Parts of the form that are collapsed. */
export const COLLAPSED = new Set(["references", "generation", "delivery"]);

export const MEDIA = new Set(["image", "images", "video", "videos", "audio"]);
