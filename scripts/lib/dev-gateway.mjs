// The gateway of `npm start`: with what it stored the last time, and an API key to try it.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGateway } from "./gateway.mjs";

/** Starts it for the page of that origin: what `startGateway` returns, and `apiKey`. Only one may use a folder at a time. */
export async function startKeptGateway({ simulator, port, pageOrigin, folder }) {
  mkdirSync(folder, { recursive: true });
  const adminToken = join(folder, "admin-token");
  const gateway = await startGateway({
    simulator,
    port,
    persist: join(folder, "gateway"),
    vars: {
      ADMIN_TOKEN: read(adminToken) ?? write(adminToken, randomBytes(32).toString("base64url")),
      CORS_ORIGINS: pageOrigin,
    },
  });
  return { ...gateway, apiKey: await keyOf(gateway, join(folder, "api-key")) };
}

/** The API key of the last run, if the gateway still knows it. */
async function keyOf({ url, createKey }, path) {
  const before = read(path);
  if (before && (await isKnown(url, before))) return before;
  const { apiKey } = await createKey({ name: "npm start" });
  return write(path, apiKey);
}

async function isKnown(url, apiKey) {
  const answer = await fetch(`${url}/v1/videos?limit=1`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  return answer.ok;
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

function write(path, text) {
  writeFileSync(path, text, { mode: 0o600 });
  return text;
}
