// The same call as code to copy. Keys never appear: the code reads them from the environment.

const LINE = 60;

/** The program for a request. `local`: the addresses of a local simulator, where that is the place. */
export function codeFor(request, { choice, limit, place, local, settings, fileName }) {
  const providers = choice === "cheapest" ? ["runpod", "runware"] : [choice];
  const client = Object.fromEntries(
    providers.map((provider) => [provider, providerCode(provider, { place, local, settings })]),
  );
  if (place === "local") client.allowPrivateHosts = new Code("true");
  const options = { provider: choice, maxCostUsd: Number.isNaN(limit) ? undefined : limit };
  const inline = typeof request.image === "string" && request.image.startsWith("data:");
  const readFile = `await readFile(${JSON.stringify(fileName ?? "picture.jpg")})`;
  const shown = inline ? { ...request, image: new Code(readFile) } : request;
  return [
    ...(inline ? ['import { readFile } from "node:fs/promises";'] : []),
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

/** A gateway's address may hold a secret as well, so it comes from the environment too. */
function providerCode(provider, { place, local, settings }) {
  const name = provider.toUpperCase();
  if (place === "local") return { apiKey: "simulated", baseURL: local[provider] };
  const hasGateway = place === "live" && settings.live(provider).baseURL !== undefined;
  return {
    apiKey: new Code(`process.env.${name}_API_KEY`),
    baseURL: hasGateway ? new Code(`process.env.${name}_BASE_URL`) : undefined,
  };
}

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
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${name}: ${literal(part, inner)}`);
  const line = `{ ${entries.join(", ")} }`;
  if (line.length <= LINE && !line.includes("\n")) return line;
  return ["{", ...entries.map((entry) => `${inner}${entry},`), `${indent}}`].join("\n");
}
