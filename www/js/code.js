// The same call as code to copy. Keys never appear: the code reads them from the environment.

const LINE = 60;

/** The program for a request. `local`: the addresses of a local simulator, where that is the place. */
export function codeFor(request, { provider, limit, place, local, settings, pictures }) {
  const providers = provider === "cheapest" ? ["runpod", "runware"] : [provider];
  const direct = () =>
    providers.map((id) => [id, providerCode(id, { place, local, settings })]);
  const client = place === "gateway" ? { gateway: gatewayCode(settings) } : Object.fromEntries(direct());
  if (place === "local") client.allowPrivateHosts = new Code("true");
  const options = { provider, maxCostUsd: Number.isNaN(limit) ? undefined : limit };
  const shown = withFiles(request, pictures);
  return [
    ...(pictures.length > 0 ? ['import { readFile } from "node:fs/promises";'] : []),
    'import { createFilmgate } from "filmgate";',
    "",
    `const film = createFilmgate(${literal(client)});`,
    "",
    "const { videos, costUsd } = await film.generate(",
    `  ${literal(shown, "  ")},`,
    `  ${literal(options, "  ")},`,
    ");",
    "console.log(videos[0].url, costUsd);",
    "",
  ].join("\n");
}

/** The request with each picture read from its file. `pictures`: `{ uri, name }`. */
function withFiles(request, pictures) {
  const files = new Map(
    pictures.map(({ uri, name }) => [uri, JSON.stringify(name.replace(/, [^,]*$/, ""))]),
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

/** A proxy's address may hold a secret as well, so it comes from the environment too. */
function providerCode(provider, { place, local, settings }) {
  const name = provider.toUpperCase();
  if (place === "local") return { apiKey: "simulated", baseURL: local[provider] };
  const hasProxy = place === "live" && settings.live(provider).baseURL !== undefined;
  return {
    apiKey: new Code(`process.env.${name}_API_KEY`),
    baseURL: hasProxy ? new Code(`process.env.${name}_BASE_URL`) : undefined,
  };
}

const gatewayCode = (settings) => ({
  url: settings.gateway().url || "https://films.example",
  apiKey: new Code("process.env.GATEWAY_API_KEY"),
});

/** Text that is code already. */
class Code {
  constructor(text) {
    this.text = text;
  }
}

/** A value as a JavaScript literal; what is undefined is left out. */
function literal(value, indent = "") {
  if (value instanceof Code) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((part) => literal(part, inner));
    const line = `[${items.join(", ")}]`;
    if (line.length <= LINE) return line;
    return ["[", ...items.map((item) => `${inner}${item},`), `${indent}]`].join("\n");
  }
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${name}: ${literal(part, inner)}`);
  if (entries.length === 0) return "{}";
  const line = `{ ${entries.join(", ")} }`;
  if (line.length <= LINE && !line.includes("\n")) return line;
  return ["{", ...entries.map((entry) => `${inner}${entry},`), `${indent}}`].join("\n");
}
