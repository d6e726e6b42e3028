// The AI SDK's functions, with the package as their provider.
import { ask, report, served } from "./programs.mjs";
import { pinned, project } from "./project.mjs";
import { newestNode, titleOf } from "./runtimes.mjs";

const node = newestNode.program; // The AI SDK and Wrangler want Node 22 or newer.
const style = `\`filmgate/ai-sdk\`, ai ${pinned("ai-sdk", "ai")}`;
const wrangler = `workerd in Miniflare, Wrangler ${pinned("ai-sdk", "wrangler")}`;

const inNode = async (providers) =>
  report(node, ["program.js", JSON.stringify(providers)], { cwd: await project("ai-sdk") });

const inWorker = async (providers, t) =>
  ask(await served(t, { cwd: await project("ai-sdk"), node, script: "dev" }), providers);

export const aiSdk = [
  { runtime: () => titleOf(newestNode), style, quick: false, generate: inNode },
  { runtime: () => wrangler, style, quick: false, generate: inWorker },
];
