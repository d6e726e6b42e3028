// Jobs as the client stores them.

let count = 0;

/** An id of a job. */
export function jobId() {
  count += 1;
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}

/** A completed job for half a dollar, unless the options say otherwise. */
export function storedJob({
  id = jobId(),
  at = Date.now(),
  status = "completed",
  environment = "live",
  model = "wan-2.6",
  provider = "runware",
  prompt = "A fox in the snow",
  costUsd = 0.5,
  charge = "charged",
  quote = { min: 500_000, max: 600_000 },
  videos = [{ url: "https://videos.example/1.mp4" }],
  handle = {},
} = {}) {
  const isRunning = ["submitting", "reconciling", "queued", "running"].includes(status);
  const times = { createdAt: at, submittedAt: at, ...(!isRunning && { endedAt: at + 1_000 }) };
  const full = { version: 1, provider, model, providerModelId: "alibaba:wan@2.6", id, n: 1, ...times, quote, ...handle };
  const shared = { environment, handle: full, status, request: { model, prompt, duration: 5 } };
  if (isRunning) return shared;
  if (status !== "completed") {
    return { ...shared, error: { code: status, message: "It failed.", charge, retryable: false, provider, handle: full } };
  }
  const outcome = { provider, model, handle: full, videos, errors: [], warnings: [], costUsd, charge, timing: {}, raw: { big: "raw" } };
  return { ...shared, outcome };
}
