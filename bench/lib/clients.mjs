// The clients, in the order of the tables. `packages` are what is measured; `limited` is how the
// client's own time limit was shortened.
export const clients = [
  {
    name: "filmgate-runpod",
    title: "**filmgate**, RunPod",
    fake: "runpod",
    packages: ["filmgate"],
    limited: "`timeoutMs: 4000`",
  },
  {
    name: "filmgate-runpod-short",
    title: "**filmgate**, RunPod, `longPoll: false`",
    fake: "runpod",
    packages: ["filmgate"],
    pollingOnly: true,
  },
  {
    name: "filmgate-runware",
    title: "**filmgate**, Runware",
    fake: "runware",
    packages: ["filmgate"],
    limited: "`timeoutMs: 4000`",
  },
  {
    name: "ai6",
    title: "`ai` 6, RunPod",
    fake: "runpod",
    packages: ["ai6", "@runpod/ai-sdk-provider"],
    limited: "`maxPollAttempts: 1`",
  },
  {
    name: "ai7",
    title: "`ai` 7, RunPod",
    fake: "runpod",
    packages: ["ai7", "@runpod/ai-sdk-provider"],
    limited: "`maxPollAttempts: 1`",
  },
  {
    name: "runpod-sdk",
    title: "`runpod-sdk`",
    fake: "runpod",
    packages: ["runpod-sdk"],
    limited: "`runSync(…, 3000)`",
    // It holds its submit open for so long before it asks.
    asksAfterMs: 90_000,
  },
  {
    name: "runware-sdk-js",
    title: "`@runware/sdk-js`",
    fake: "runware-socket",
    packages: ["@runware/sdk-js"],
    limited: "its 10 minutes, which cannot be set, cut to 4 s by a patched timer",
  },
  {
    name: "replicate-block",
    title: "`replicate`",
    fake: "replicate",
    packages: ["replicate"],
    limited: '`wait: { mode: "block", timeout: 3 }`',
  },
  {
    name: "replicate-poll",
    title: "`replicate`, `wait: { mode: \"poll\" }`",
    fake: "replicate",
    packages: ["replicate"],
    limited: "`signal: AbortSignal.timeout(3000)`",
  },
  {
    name: "fal",
    title: "`@fal-ai/client`",
    fake: "fal",
    packages: ["@fal-ai/client"],
    limited: "`timeout: 4000`",
  },
  {
    name: "openai",
    title: "`openai`",
    fake: "openai",
    packages: ["openai"],
    limited: "the caller's loop ends after 4 s",
  },
];
