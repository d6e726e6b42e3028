// The same request as code to copy. API keys never appear: the code reads them from environment variables.

const MAX_LINE_LENGTH = 60;

/** The program for a request. `local`: the URLs of the local simulator, if that is the environment. */
export function codeFor(request, { provider, limit, environment, local, settings, images }) {
  const providers = provider === "cheapest" ? ["runpod", "runware"] : [provider];
  const direct = () =>
    providers.map((id) => [id, providerCode(id, { environment, local, settings })]);
  const settingsCode =
    environment === "gateway" ? { gateway: gatewayCode(settings) } : Object.fromEntries(direct());
  if (environment === "local") settingsCode.allowPrivateHosts = new Code("true");
  const options = { provider, maxCostUsd: Number.isNaN(limit) ? undefined : limit };
  const shown = withFiles(request, images);
  return [
    ...(images.length > 0 ? ['import { readFile } from "node:fs/promises";'] : []),
    'import { createFilmgate } from "filmgate";',
    "",
    `const client = createFilmgate(${literal(settingsCode)});`,
    "",
    "const { videos, costUsd } = await client.generate(",
    `  ${literal(shown, "  ")},`,
    `  ${literal(options, "  ")},`,
    ");",
    "console.log(videos[0].url, costUsd);",
    "",
  ].join("\n");
}

/** The request with each image read from its file. `images`: `{ uri, name }`. */
function withFiles(request, images) {
  const files = new Map(
    images.map(({ uri, name }) => [uri, JSON.stringify(name.replace(/, [^,]*$/, ""))]),
  );
  const read = (value) =>
    files.has(value) ? new Code(`await readFile(${files.get(value)})`) : value;
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(read) : read(value),
    ]),
  );
}

/** A proxy's URL may hold a secret, so the code reads it from an environment variable, too. */
function providerCode(provider, { environment, local, settings }) {
  const name = provider.toUpperCase();
  if (environment === "local") return { apiKey: "simulated", baseURL: local[provider] };
  const hasProxy = environment === "live" && settings.live(provider).baseURL !== undefined;
  return {
    apiKey: new Code(`process.env.${name}_API_KEY`),
    baseURL: hasProxy ? new Code(`process.env.${name}_BASE_URL`) : undefined,
  };
}

const gatewayCode = (settings) => ({
  url: settings.gateway().url || "https://gateway.example",
  apiKey: new Code("process.env.GATEWAY_API_KEY"),
});

/** Source code, written as it is. */
class Code {
  constructor(text) {
    this.text = text;
  }
}

/** A value as a JavaScript literal; `undefined` entries are omitted. */
function literal(value, indent = "") {
  if (value instanceof Code) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner));
    const line = `[${items.join(", ")}]`;
    if (line.length <= MAX_LINE_LENGTH) return line;
    return ["[", ...items.map((item) => `${inner}${item},`), `${indent}]`].join("\n");
  }
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `${name}: ${literal(item, inner)}`);
  if (entries.length === 0) return "{}";
  const line = `{ ${entries.join(", ")} }`;
  if (line.length <= MAX_LINE_LENGTH && !line.includes("\n")) return line;
  return ["{", ...entries.map((entry) => `${inner}${entry},`), `${indent}}`].join("\n");
}
