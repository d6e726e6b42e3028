// The requests: at both providers, of several prices, the same for the same seed.

const KINDS = [
  { model: "wan-2.6", seconds: "5", filmgate: { provider: "runpod", resolution: "720p" } },
  { model: "wan-2.6", seconds: "10", filmgate: { provider: "runware", resolution: "1080p" } },
  { model: "wan-2.6", seconds: "5", filmgate: { provider: "cheapest", resolution: "1080p" } },
  { model: "vidu-q3", seconds: "4", filmgate: { provider: "runpod", resolution: "720p" } },
  { model: "p-video", seconds: "5", filmgate: { provider: "runpod", resolution: "720p" } },
  { model: "vidu-q3", seconds: "4", filmgate: { provider: "runware", resolution: "720p" } },
  { model: "sora-2", seconds: "4" },
];

/** One request's body; every prompt is unique. */
export const requestOf = (number) => ({
  ...KINDS[number % KINDS.length],
  prompt: `A fox looks for lantern ${number}`,
});

/** The job's id in hex, as in its webhook URL. */
export const hexOf = ({ id }) => id.slice("video_".length);

export const isUnknown = ({ video }) => video?.filmgate.status === "submission_unknown";
