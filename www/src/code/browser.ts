import { json, literal, quoted, Source } from "./literal.js";
import { generateArguments, lines, providersOf, submitOptions, withFiles } from "./request.js";
import type { CodeRequest } from "./types.js";

const PACKAGE = "/node_modules/filmgate/dist";

/** A page, to be served beside `node_modules`. */
export function browserCode({ request, environment, options }: CodeRequest): string {
  const isSimulated = environment === "simulated";
  const imports = {
    filmgate: `${PACKAGE}/index.js`,
    ...(isSimulated && { "filmgate/testing": `${PACKAGE}/testing/index.js` }),
  };
  const read = (name: string) => `await fetch(${quoted(encodeURIComponent(name))}).then((file) => file.blob())`;
  const shown = withFiles(request, options.images, read);
  const submit = {
    ...submitOptions(options),
    onUpdate: new Source("({ status }) => (text.textContent = status)"),
  };
  const script = lines(
    `import { createFilmgate${isSimulated ? "" : ", indexedDbStore"} } from "filmgate";`,
    isSimulated && 'import { createSimulator } from "filmgate/testing";',
    "",
    ...clientCode({ request, environment, options }),
    'const text = document.querySelector("p");',
    "",
    `const { videos, costUsd } = await client.generate(${generateArguments(shown, submit)});`,
    "const file = await client.download(videos[0]);",
    'document.querySelector("video").src = URL.createObjectURL(await file.blob());',
    "text.textContent = `completed for $${costUsd}`;",
  );
  return lines(
    "<!doctype html>",
    '<meta charset="utf-8">',
    "<title>A video</title>",
    '<script type="importmap">',
    `  ${json({ imports }, "  ")}`,
    "</script>",
    "<video controls></video>",
    "<p></p>",
    '<script type="module">',
    ...script.trimEnd().split("\n").map((line) => (line ? `  ${insideScript(line)}` : "")),
    "</script>",
  );
}

/** Only strings hold these, in which the escape is the same character. */
const insideScript = (line: string): string => line.replace(/<(?=[/!])/g, "\\u003c");

function clientCode({ environment, options }: CodeRequest): string[] {
  if (environment === "simulated") {
    return ["const client = createFilmgate(createSimulator().options); // no key, no network, no cost"];
  }
  const store = new Source("indexedDbStore()");
  if (environment === "gateway") {
    const apiKey = new Source('() => fetch("/api-key").then((response) => response.text())');
    return [
      "// Your server's /api-key returns a key for this visitor, which the gateway mints.",
      `const client = createFilmgate(${literal({ gateway: { url: options.gatewayUrl, apiKey }, store })});`,
    ];
  }
  const proxy = (id: string) => [id, { baseURL: new Source(`\`\${location.origin}/${id}\``) }];
  const providers = Object.fromEntries(providersOf(options).map(proxy));
  return [
    "// A page holds no key: your server forwards these paths to the providers, and adds it.",
    `const client = createFilmgate(${literal({ ...providers, store })});`,
  ];
}
