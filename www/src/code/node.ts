import { literal, quoted, Source } from "./literal.js";
import { fileName, gatewaySettings, generateArguments, lines, submitOptions, withFiles } from "./request.js";
import type { CodeRequest } from "./types.js";

/** A program for Node, Bun and Deno. */
export function nodeCode({ request, environment, options }: CodeRequest): string {
  const shown = withFiles(request, options.images, (name) => `await readFile(${quoted(name)})`);
  const call = generateArguments(shown, submitOptions(options));
  const isSimulated = environment === "simulated";
  return lines(
    "// npm install filmgate && node video.mjs",
    call.includes("await readFile(") && 'import { readFile } from "node:fs/promises";',
    'import { createFilmgate } from "filmgate";',
    isSimulated ? 'import { createSimulator } from "filmgate/testing";' : 'import { folderStore } from "filmgate/node";',
    "",
    ...clientCode({ request, environment, options }),
    "",
    `const { videos, costUsd } = await client.generate(${call});`,
    ...downloadCode(request.n ?? 1, fileName(request)),
    "console.log(`completed for $${costUsd}`);",
  );
}

function clientCode({ environment, options }: CodeRequest): string[] {
  if (environment === "simulated") {
    return ["const client = createFilmgate(createSimulator().options); // no key, no network, no cost"];
  }
  const store = new Source('folderStore("jobs")');
  if (environment === "gateway") {
    return [`const client = createFilmgate(${literal({ gateway: gatewaySettings(options.gatewayUrl), store })});`];
  }
  return [
    "// Keys from RUNPOD_API_KEY and RUNWARE_API_KEY. The folder finds a job again after a crash.",
    `const client = createFilmgate(${literal({ store })});`,
  ];
}

function downloadCode(count: number, name: string): string[] {
  if (count <= 1) return [`await client.download(videos[0], ${quoted(name)});`];
  const numbered = name.replace("-1.", "-${index + 1}.");
  return [
    "for (const [index, video] of videos.entries()) {",
    `  await client.download(video, \`${numbered}\`);`,
    "}",
  ];
}
