// The published `openai` package for Python, with another base URL.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { pythonPackages } from "../../scripts/lib/python.mjs";
import { gateway, IMAGE_FIELDS } from "./api.mjs";

const interpreter = join(pythonPackages("tests/gateway"), "python");
const served = await gateway({ after });

test("it creates, polls, downloads, lists, remixes, deletes, and parses errors", async () => {
  const given = { TOKEN: await served.createKey(), URL: served.url, PNG: IMAGE_FIELDS.png.toString("base64") };
  const { stdout } = await promisify(execFile)(
    interpreter,
    [join(import.meta.dirname, "openai_client.py")],
    { env: { PATH: process.env.PATH, PYTHONUTF8: "1", ...given }, timeout: 120_000 },
  );
  const seen = JSON.parse(stdout.trim().split("\n").at(-1));
  assert.equal(seen.video.status, "completed");
  assert.deepEqual([seen.video.seconds, seen.video.size], ["10", "1280x720"]);
  assert.equal(seen.box, "ftyp");
  assert.equal(seen.pictured, "completed");
  assert.deepEqual([seen.extended.provider, seen.extended.n], ["runware", 2]);
  assert.deepEqual(seen.remix, [seen.video.id, "10", "completed"]);
  assert.deepEqual(seen.listed, [4, true]);
  assert.equal(seen.deleted, true);
  assert.deepEqual(seen.refusals, [
    ["NotFoundError", 404, "not_found", "video_id"],
    ["BadRequestError", 400, "invalid_request", "seconds"],
    ["AuthenticationError", 401, "invalid_token", null],
  ]);
});
