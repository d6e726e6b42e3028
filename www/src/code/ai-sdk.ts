import { literal, quoted, Source } from "./literal.js";
import { fileName, gatewaySettings, imageOf, lines, submitOptions, withFiles } from "./request.js";
import type { CodeRequest } from "./types.js";

/** Options that the AI SDK has itself, under the same names. */
const SHARED = ["aspectRatio", "duration", "fps", "seed", "generateAudio", "n"] as const;
/** What the AI SDK's types accept as an aspect ratio. */
const RATIO = /^\d+:\d+$/;

/** A program for Node with `ai` and `filmgate/ai-sdk`. */
export function aiSdkCode(code: CodeRequest): string {
  const { request, environment, options } = code;
  const isSimulated = environment === "simulated";
  const isSeveral = (request.n ?? 1) > 1;
  const call = literal(callOf(code));
  const files = ["readFile", "writeFile"].filter((name) => name === "writeFile" || call.includes("await readFile("));
  const name = fileName(request);
  return lines(
    "// npm install ai filmgate && node video.mjs",
    `import { ${files.join(", ")} } from "node:fs/promises";`,
    'import { experimental_generateVideo as generateVideo } from "ai";',
    environment === "keys"
      ? 'import { filmgate } from "filmgate/ai-sdk"; // keys from RUNPOD_API_KEY and RUNWARE_API_KEY'
      : 'import { createFilmgateProvider } from "filmgate/ai-sdk";',
    isSimulated && 'import { createSimulator } from "filmgate/testing";',
    "",
    ...(isSimulated
      ? [
          "const simulator = createSimulator(); // no key, no network, no cost",
          "globalThis.fetch = simulator.fetch; // the AI SDK downloads the video with it",
          "const filmgate = createFilmgateProvider(simulator.options);",
          "",
        ]
      : []),
    ...(environment === "gateway"
      ? [`const filmgate = createFilmgateProvider(${literal({ gateway: gatewaySettings(options.gatewayUrl) })});`, ""]
      : []),
    `const { ${isSeveral ? "videos" : "video"}, providerMetadata } = await generateVideo(${call});`,
    ...(isSeveral
      ? [
          "for (const [index, video] of videos.entries()) {",
          `  await writeFile(\`${name.replace("-1.", "-${index + 1}.")}\`, video.uint8Array);`,
          "}",
        ]
      : [`await writeFile(${quoted(name)}, video.uint8Array);`]),
    "console.log(`completed for $${providerMetadata.filmgate.costUsd}`);",
  );
}

function callOf({ request, options }: CodeRequest): Record<string, unknown> {
  const read = (name: string) => `await readFile(${quoted(name)})`;
  const { model, prompt, image, size, referenceImages, lastFrameImage, ...others } = request;
  const own: Record<string, unknown> = { ...others };
  const shared: Record<string, unknown> = {};
  for (const name of SHARED) {
    if (own[name] === undefined || (name === "aspectRatio" && !RATIO.test(String(own[name])))) continue;
    shared[name] = own[name];
    delete own[name];
  }
  const first = imageOf(image);
  const last = imageOf(lastFrameImage);
  const references = referenceImages?.map(imageOf);
  const call = {
    model: new Source(`filmgate.video(${quoted(model ?? "")})`),
    prompt: first === undefined ? prompt : { image: first, text: prompt },
    frameImages: last === undefined ? undefined : [{ image: last, frameType: "last_frame" }],
    inputReferences: references,
    resolution: size,
    ...shared,
    providerOptions: providerOptions({ ...own, ...submitOptions(options) }),
  };
  return withFiles(call, options.images, read) as Record<string, unknown>;
}

function providerOptions(own: Record<string, unknown>): unknown {
  return Object.values(own).some((value) => value !== undefined) ? { filmgate: own } : undefined;
}
