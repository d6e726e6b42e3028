// How the page names the fields of a request and where it puts them. What a field may hold, and who
// takes it, is the catalog's to say: see facts.js.

/**
 * `slot`: the part of the form it stands in; a field that a model cannot do without stands in the open
 * all the same. `rows` makes a text of several lines, `unit` follows each value, `empty` is the choice of
 * none.
 */
export const FIELDS = [
  { path: "prompt", label: "Prompt", slot: "prompt", rows: 5 },

  { path: "image", label: "First frame", slot: "media" },

  { path: "duration", label: "Duration", slot: "basics", unit: "s", empty: "Choose…" },
  { path: "generateAudio", label: "Sound", slot: "basics" },
  { path: "n", label: "Number of videos", slot: "basics", hint: "Each is billed." },

  { path: "resolution", label: "Resolution", slot: "frame" },
  { path: "aspectRatio", label: "Aspect ratio", slot: "frame" },
  { path: "size", label: "or exact size", slot: "frame", placeholder: "1280x720" },

  { path: "lastFrameImage", label: "Last frame", slot: "material" },
  {
    path: "referenceImages",
    label: "Reference pictures",
    slot: "material",
    hint: "Of what shall appear.",
  },
  {
    path: "video",
    label: "Video to work from",
    slot: "material",
    placeholder: "https://…",
    hint: "An address.",
  },
  {
    path: "referenceVideos",
    label: "Reference videos",
    slot: "material",
    hint: "Such as a motion to follow.",
  },
  {
    path: "audio",
    label: "Sound to follow",
    slot: "material",
    placeholder: "https://…",
    hint: "An address.",
  },
  {
    path: "remixId",
    label: "Remix of",
    slot: "material",
    placeholder: "video_…",
    hint: "The id of an earlier video. Takes no first frame and no size.",
  },

  {
    path: "negativePrompt",
    label: "Negative prompt",
    slot: "making",
    rows: 2,
    hint: "What shall not be in it.",
  },
  { path: "draft", label: "Draft", slot: "making", hint: "Quick and cheap." },
  { path: "enhancePrompt", label: "Rewriting of the prompt", slot: "making" },
  { path: "shotType", label: "Shots", slot: "making" },
  { path: "style", label: "Style", slot: "making" },
  { path: "motionAmount", label: "Motion", slot: "making", hint: "How much moves." },
  { path: "cameraFixed", label: "Fixed camera", slot: "making" },
  {
    path: "characterOrientation",
    label: "Orientation",
    slot: "making",
    hint: "Faces as in the picture, or as in the video.",
  },
  { path: "resizeMode", label: "A picture of another shape", slot: "making" },
  { path: "loop", label: "Loop", slot: "making", hint: "The end joins the beginning." },
  { path: "music", label: "Music", slot: "making" },
  { path: "keepAudio", label: "Keep the video's own sound", slot: "making" },
  { path: "fps", label: "Frames a second", slot: "making" },
  { path: "seed", label: "Seed", slot: "making", hint: "Makes a video repeatable." },
  {
    path: "guidanceScale",
    label: "Guidance",
    slot: "making",
    hint: "How strictly the prompt is followed.",
  },
  { path: "inferenceSteps", label: "Steps", slot: "making", hint: "Of making a frame." },
  { path: "hdr", label: "High dynamic range", slot: "making" },
  { path: "exr", label: "EXR files", slot: "making" },
  { path: "contentCheck", label: "Content check", slot: "making" },

  { path: "output.type", label: "Form of the answer", slot: "delivery" },
  { path: "output.format", label: "File format", slot: "delivery" },
  { path: "output.quality", label: "Compression quality", slot: "delivery" },
  { path: "ttlSeconds", label: "Keep the video for, in seconds", slot: "delivery" },
  {
    path: "uploadUrl",
    label: "Upload address",
    slot: "delivery",
    placeholder: "https://…",
    hint: "The finished file is put there.",
  },
  {
    path: "webhookUrl",
    label: "Webhook address",
    slot: "delivery",
    placeholder: "https://…",
    hint: "The provider reports the end of the job there.",
  },
  {
    path: "deliveryMethod",
    label: "Delivery",
    slot: "delivery",
    empty: "Default (async)",
    hint: "“sync” loses the job if the answer is lost.",
  },
  {
    path: "taskUUID",
    label: "Task id",
    slot: "delivery",
    hint: "A UUID of version 4. Made for you when empty.",
  },
  { path: "includeCost", label: "Ask for the actual cost", slot: "delivery" },
];

/** What one says of a video before a model is chosen. */
export const OF_ANY_MODEL = new Set([
  "prompt",
  "negativePrompt",
  "image",
  "lastFrameImage",
  "duration",
  "resolution",
  "aspectRatio",
  "generateAudio",
]);

/** Parts of the form that are folded away. */
export const FOLDED = new Set(["material", "making", "delivery"]);

export const MEDIA = new Set(["image", "images", "video", "videos", "audio"]);
