// Checks a gateway from end to end: creates an API key and generates a video. `ADMIN_TOKEN` comes from the environment or
// from secrets.env. With real providers the video costs about half a dollar; the key's daily budget is one dollar.
//   node local/first-video.mjs https://gateway.example [first-video.mp4]
import { createWriteStream, existsSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

const SECRETS = "secrets.env";
const REQUEST = { model: "wan-2.6", prompt: "A fox in the snow", seconds: "5", size: "1280x720" };
const POLL_MS = 2000;

const [url, file = "first-video.mp4"] = process.argv.slice(2);
if (!url) fail("Usage: node local/first-video.mjs https://gateway.example [first-video.mp4]");
if (!process.env.ADMIN_TOKEN && existsSync(SECRETS)) process.loadEnvFile(SECRETS);
const { ADMIN_TOKEN } = process.env;
if (!ADMIN_TOKEN) fail(`No admin token: set ADMIN_TOKEN, or run this in the folder that contains ${SECRETS}.`);

const { key } = await post("/admin/api/keys", ADMIN_TOKEN, { name: "first video", dailyBudgetUsd: 1 });
console.log(`API key: ${key}\nIt is shown only this once.`);

let video = await post("/v1/videos", key, REQUEST);
console.log(`Video ${video.id}`);
for (let shown; ["queued", "in_progress"].includes(video.status); await sleep(POLL_MS)) {
  if (shown !== video.status) console.log((shown = video.status));
  video = await (await call(`/v1/videos/${video.id}`, key)).json();
}
console.log(video.status);
if (video.status !== "completed") fail(JSON.stringify(video.error));
const { body } = await call(`/v1/videos/${video.id}/content`, key);
await pipeline(Readable.fromWeb(body), createWriteStream(file));
console.log(`Saved as ${file}`);

async function post(path, token, body) {
  return (await call(path, token, { method: "POST", body: JSON.stringify(body) })).json();
}

async function call(path, token, init) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(new URL(path, url), { headers, ...init });
  if (!response.ok) fail(`${path}: HTTP ${response.status} ${await response.text()}`);
  return response;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
