import { json } from "./literal.js";
import { fileName, lines, submitOptions, withFiles } from "./request.js";
import { openaiBody } from "./openai.js";
import type { CodeRequest } from "./types.js";
import { wireRequest } from "./wire.js";
import type { WireRequest } from "./wire.js";

/** Commands for a shell with curl and jq: at a gateway, or at a provider with one's own key. */
export async function curlCode(code: CodeRequest): Promise<string> {
  if (code.environment !== "keys") return gatewayCurl(code);
  const wire = await wireRequest(code);
  if (typeof wire === "string") {
    return lines("# This request cannot be sent yet.", `# ${plainWords(wire)}`);
  }
  return wire.provider === "runware" ? runwareCurl(wire, code) : runpodCurl(wire, code);
}

function gatewayCurl(code: CodeRequest): string {
  const { request, environment, options } = code;
  const body = openaiBody(request, submitOptions(options));
  if (body.input_reference) body.input_reference = { image_url: body.input_reference };
  const gateway = shellQuoted(options.gatewayUrl);
  return lines(
    environment === "simulated"
      ? "# npm start runs this gateway beside simulated providers, and prints its API key. Needs jq."
      : "# Needs jq.",
    `gateway=${gateway}`,
    'auth="Authorization: Bearer $GATEWAY_API_KEY"',
    "",
    "# The same key is the same video: running this twice does not pay twice.",
    `id=$(curl -sS "$gateway/v1/videos" -H "$auth" -H "Idempotency-Key: ${options.idempotencyKey}" \\`,
    ...withBody("  --json @-", body, code, " | jq -r .id"),
    ")",
    "",
    'while curl -sS "$gateway/v1/videos/$id" -H "$auth" |',
    `  jq -e '.status | IN("queued", "in_progress")' >/dev/null; do sleep 2; done`,
    `curl -sS --fail -o ${fileName({ ...request, n: 1 })} "$gateway/v1/videos/$id/content" -H "$auth"`,
  );
}

// Not every shell takes comments at its prompt, so none holds a character that means something to a shell.
const WARNING = "Without filmgate: after a lost response, look for the job before you submit again. Needs jq.";

const plainWords = (text: string): string => text.replace(/[^\w .,:%/-]+/g, "");

function runwareCurl({ url, body }: WireRequest, code: CodeRequest): string {
  const taskUUID = Array.isArray(body) ? body[0].taskUUID : undefined;
  return lines(
    `# ${WARNING}`,
    'auth="Authorization: Bearer $RUNWARE_API_KEY"',
    ...withBody(`curl -sS ${url} -H "$auth" --json @-`, body, code),
    "",
    `poll='[{ "taskType": "getResponse", "taskUUID": "${taskUUID}" }]'`,
    `until result=$(curl -sS ${url} -H "$auth" --json "$poll") &&`,
    `  jq -e '.errors[0].message // .data[0].videoURL' <<<"$result"; do sleep 2; done`,
    `curl -sS --fail -o ${fileName(code.request)} "$(jq -r '.data[0].videoURL' <<<"$result")"`,
  );
}

function runpodCurl({ url, body }: WireRequest, code: CodeRequest): string {
  return lines(
    `# ${WARNING}`,
    `endpoint=${shellQuoted(url.replace(/\/run(sync)?$/, ""))}`,
    'auth="Authorization: Bearer $RUNPOD_API_KEY"',
    ...withBody('id=$(curl -sS "$endpoint/run" -H "$auth" --json @-', body, code, " | jq -r .id"),
    ")",
    "",
    'while result=$(curl -sS "$endpoint/status/$id" -H "$auth") &&',
    `  jq -e '.status | IN("IN_QUEUE", "IN_PROGRESS")' <<<"$result" >/dev/null; do sleep 2; done`,
    `url=$(jq -r '[.output | .. | strings | select(startswith("http"))][0]' <<<"$result")`,
    `curl -sS --fail -o ${fileName(code.request)} "$url"`,
  );
}

/**
 * A command with a body as its input. A quoted here-document takes any text as it is: no line of JSON is the delimiter. If
 * the body reads files, the shell has to expand it, and all else is escaped.
 */
function withBody(command: string, body: unknown, { options }: CodeRequest, rest = ""): string[] {
  const files: string[] = [];
  const shown = withFiles(body, options.images, (name, type) => {
    files.push(`"data:${type};base64,$(base64 <${shellQuoted(name)} | tr -d '\\n')"`);
    return `${FILE_MARK}${files.length - 1}${FILE_MARK}`;
  });
  // A shell's prompt replaces `!word` by an earlier command, even here.
  const text = json(shown).replace(/!(?=[^\s"])/g, "\\u0021");
  if (files.length === 0) return [`${command} <<'JSON'${rest}`, text, "JSON"];
  const marks = new RegExp(`${FILE_MARK}(\\d+)${FILE_MARK}`, "g");
  const expanded = text.replace(/[\\$`]/g, "\\$&").replace(marks, (_, index) => files[index]!);
  return [`${command} <<JSON${rest}`, expanded, "JSON"];
}

/** JSON has no such character outside of a mark. */
const FILE_MARK = "\0";

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
