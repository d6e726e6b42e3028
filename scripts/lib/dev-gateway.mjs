// The gateway of `npm start`: on the port that is free, with what it stored the last time, and a token for whoever
// tries it.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGateway } from "./gateway.mjs";
import { root } from "./run.mjs";

const FOLDER = join(root, "target", "start");

/** Starts it for the page of that origin: what `startGateway` gives, and `apiToken`. */
export async function startKeptGateway({ simulator, port, pageOrigin, folder = FOLDER }) {
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
  return { ...gateway, apiToken: await tokenOf(gateway, join(folder, "api-token")) };
}

/** The token of the last time, where the gateway still knows it. */
async function tokenOf({ url, token }, path) {
  const before = read(path);
  if (before && (await isKnown(url, before))) return before;
  const made = await token({ name: "npm start" });
  return write(path, made.token);
}

async function isKnown(url, token) {
  const answer = await fetch(`${url}/v1/videos?limit=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.ok;
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

function write(path, text) {
  writeFileSync(path, text, { mode: 0o600 });
  return text;
}
