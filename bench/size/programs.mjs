// The bundled programs, in the order of the table: each submits and waits; then the validators of the two
// requests.
export const ours = [
  { name: "filmgate", title: "**filmgate**", file: "programs/filmgate.mjs" },
  {
    name: "filmgate-slim",
    title: "**filmgate/slim**, without its module",
    file: "programs/filmgate-slim.mjs",
  },
  {
    name: "filmgate-gateway",
    title: "**filmgate/gateway**, a client of a gateway",
    file: "programs/filmgate-gateway.mjs",
  },
  {
    name: "filmgate-ai-sdk",
    title: "**filmgate/ai-sdk**, without `ai`",
    file: "programs/filmgate-ai-sdk.mjs",
  },
  {
    name: "filmgate-testing",
    title: "**filmgate** with **filmgate/testing**",
    file: "programs/filmgate-testing.mjs",
  },
];

export const peers = [
  {
    title: "`@runware/sdk-js`",
    file: "programs/runware-sdk-js.mjs",
    packages: ["@runware/sdk-js"],
  },
  {
    title: "`runpod-sdk`, with Node's `module` left out",
    file: "programs/runpod-sdk.mjs",
    without: ["module"],
    packages: ["runpod-sdk"],
  },
  { title: "both of these", file: "programs/both-sdks.mjs", without: ["module"], packages: [] },
  {
    title: "`ai` 6 with RunPod's provider",
    file: "programs/ai6-runpod.mjs",
    packages: ["ai6", "@runpod/ai-sdk-provider"],
  },
  {
    title: "`ai` 7 with RunPod's provider",
    file: "programs/ai7-runpod.mjs",
    packages: ["ai7"],
  },
  { title: "`ai` 7 with **filmgate/ai-sdk**", file: "programs/ai7-filmgate.mjs", packages: [] },
  { title: "`ai` 7 alone", file: "programs/ai7.mjs", packages: [] },
  { title: "`@fal-ai/client`", file: "programs/fal.mjs", packages: ["@fal-ai/client"] },
  { title: "`replicate`", file: "programs/replicate.mjs", packages: ["replicate"] },
  { title: "`openai`", file: "programs/openai.mjs", packages: ["openai"] },
  { title: "… its videos resource alone", file: "programs/openai-videos.mjs", packages: [] },
  { title: "validation alone: `valibot`", file: "../validators/valibot.mjs", packages: ["valibot"] },
  { title: "validation alone: `zod/mini`", file: "../validators/zod-mini.mjs", packages: ["zod"] },
  { title: "validation alone: `zod`", file: "../validators/zod.mjs", packages: [] },
  { title: "validation alone: `ajv`", file: "../validators/ajv.mjs", packages: ["ajv"] },
];
