// The published `litellm` package for Python, with another base URL: `npm run test:litellm`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { pythonPackages } from "../../scripts/lib/python.mjs";
import { gateway, IMAGE_FIELDS } from "../gateway/api.mjs";

const interpreter = join(pythonPackages("tests/litellm"), "python");
const served = await gateway({ after }, { vars: { MODEL_ALIASES: "sora-2=wan-2.6" } });

test("it generates, polls, downloads, lists and remixes, and parses errors", { timeout: 300_000 }, async () => {
  const apiKey = await served.createKey();
  const given = { TOKEN: apiKey, URL: served.url, PNG: IMAGE_FIELDS.png.toString("base64") };
  const env = { PATH: process.env.PATH, HOME: served.data, PYTHONUTF8: "1", ...given };
  const { stdout } = await promisify(execFile)(interpreter, [join(import.meta.dirname, "client.py")], { env });
  const seen = JSON.parse(stdout.trim().split("\n").at(-1));
  assert.deepEqual(seen.made, ["queued", "5", "1280x720"]);
  assert.deepEqual(seen.ended, ["completed", "completed", "completed", "completed"]);
  assert.equal(seen.box, "ftyp");
  assert.equal(seen.aliased, "wan-2.6");
  assert.equal(seen.listed, 3);
  assert.deepEqual(seen.refusals.map(([, status]) => status), [404, 400, 401]);
  const { body } = await served.call("/v1/videos?order=asc&limit=1", { apiKey });
  const { user, handle } = body.data[0].filmgate;
  assert.deepEqual([user, handle.provider], ["user-7", "runware"]);
});
