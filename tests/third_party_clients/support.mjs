// A simulator for one test file, and the request of every client.
import assert from "node:assert/strict";
import { after } from "node:test";
import { startSimulator } from "../../scripts/lib/simulator.mjs";

/** Fast enough to wait for, slow enough that a polling client sees it running. */
export const RUN_MS = 1200;
export const ENDPOINT = "sora-2-pro-i2v";

/** RunPod's own example. */
export const INPUT = {
  prompt:
    "Action: She opened her hands. Ambient Sound: The soft crackling of the dying fire. " +
    "Character Dialogue: (Voice is high-pitched, bubbly) Welcome to my bakery!",
  image: "https://example.com/baker.jpeg",
  size: "720p",
  duration: 4,
};

/** Starts the server; it ends with the test file. */
export async function simulator() {
  const server = await startSimulator({ args: ["--job-duration-ms", String(RUN_MS)] });
  after(server.stop);
  const ledger = async () => (await fetch(`${server.origin}/control/ledger`)).json();
  const control = (path, body) =>
    fetch(`${server.origin}/control/${path}`, { method: "POST", body: JSON.stringify(body) });
  return { ...server, ledger, control };
}

/** The URL returns a complete MP4 file. */
export async function isVideo(url) {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get("content-type"), "video/mp4");
  assert.equal(bytes.subarray(4, 8).toString(), "ftyp");
  assert.ok(bytes.includes("moov") && bytes.includes("mdat"));
}
