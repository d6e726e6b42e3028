import type { VideoRequest } from "filmgate";
import { literal, quoted, Source } from "./literal.js";
import { fileName, forGateway, imageOf, lines, submitOptions, withFiles } from "./request.js";
import type { CodeRequest } from "./types.js";

/** A program for Node with OpenAI's package. It always uses a gateway, which speaks OpenAI's API. */
export function openaiCode({ request, environment, options }: CodeRequest): string {
  const body = { ...openaiBody(request, submitOptions(options)) };
  const reference = withFiles(body.input_reference, options.images, readStream);
  body.input_reference = reference === undefined || reference instanceof Source ? reference : { image_url: reference };
  const shown = withFiles(body, options.images, readDataUri);
  const call = literal(shown);
  const files = ["readFile", "writeFile"].filter((name) => name === "writeFile" || call.includes("readFile("));
  const settings = {
    baseURL: `${options.gatewayUrl}/v1`,
    apiKey: new Source("process.env.GATEWAY_API_KEY"),
  };
  return lines(
    "// npm install openai && node video.mjs",
    call.includes("createReadStream(") && 'import { createReadStream } from "node:fs";',
    `import { ${files.join(", ")} } from "node:fs/promises";`,
    'import { setTimeout as sleep } from "node:timers/promises";',
    'import OpenAI from "openai";',
    "",
    environment === "simulated" && "// `npm start` runs this gateway beside simulated providers, and prints its API key.",
    environment === "keys" && "// A gateway of yours holds the keys of RunPod and Runware.",
    `const client = new OpenAI(${literal(settings)});`,
    "",
    `let video = await client.videos.create(${call});`,
    'while (video.status === "queued" || video.status === "in_progress") {',
    "  await sleep(2_000);",
    "  video = await client.videos.retrieve(video.id);",
    "}",
    "if (video.error) throw new Error(video.error.message);",
    "const content = await client.videos.downloadContent(video.id);",
    `await writeFile(${quoted(fileName({ ...request, n: 1 }))}, await content.bytes());`,
    "console.log(video.id, video.status);",
  );
}

const readStream = (name: string): string => `createReadStream(${quoted(name)})`;

const readDataUri = (name: string, type: string): string =>
  `\`data:${type};base64,\${await readFile(${quoted(name)}, "base64")}\``;

/** OpenAI's fields, and `filmgate` with all others. */
export function openaiBody(request: VideoRequest, submit: Record<string, unknown>): Record<string, unknown> {
  const { model, prompt, duration, size, image, ...others } = forGateway(request);
  const own = Object.entries({ ...others, ...submit }).filter(([, value]) => value !== undefined);
  return {
    model,
    prompt,
    seconds: duration === undefined ? undefined : String(duration),
    size,
    input_reference: imageOf(image),
    filmgate: own.length > 0 ? Object.fromEntries(own) : undefined,
  };
}
