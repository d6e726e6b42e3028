// `examples/gateway.mjs`, as it stands, in a folder of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { folderOf } from "../client/processes.mjs";
import { gateway } from "./client.mjs";

const EXAMPLE = fileURLToPath(new URL("../../examples/gateway.mjs", import.meta.url));

test("the example films and keeps the video", async (t) => {
  const { settings } = await gateway(t);
  const cwd = folderOf(t);
  const env = { ...process.env, GATEWAY_URL: settings.url, GATEWAY_API_KEY: settings.apiKey };
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE], { cwd, env });
  assert.match(stdout, /^submitting, 0 %\n[^]*\ncompleted, 100 %\nvideo_[0-9a-f]{64}, filmed by \w+ for \$0\.\d+\n$/);
  assert.equal(readFileSync(join(cwd, "fox.mp4")).subarray(4, 8).toString(), "ftyp");
});
