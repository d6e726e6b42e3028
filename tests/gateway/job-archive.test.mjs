// What a video's host may do: send no length, send any type, redirect.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { host } from "./api.mjs";
import { openJobs } from "./job/jobs.mjs";

/** A gateway that trusts these origins, and archives what is at a URL. */
async function keeper(t, ...origins) {
  const jobs = await openJobs(t, { trusted: origins });
  const keep = (url) => fetch(`${jobs.gateway.url}/test/archive`, { method: "POST", body: url });
  return { ...jobs, keep };
}

test("a video of unknown length is archived in parts", async (t) => {
  const piece = Buffer.alloc(1_000_003, "clip");
  const origin = await host(t, async (_, answer) => {
    answer.writeHead(200, { "content-type": "video/webm" });
    for (let count = 0; count < 21; count++) {
      if (!answer.write(piece)) await once(answer, "drain");
    }
    answer.end();
  });
  const { keep, files } = await keeper(t, origin);
  const answer = await keep(`${origin}/video`);
  assert.equal(answer.status, 200);
  const bytes = 21 * piece.length;
  assert.deepEqual(await answer.json(), { key: "videos/test/0.webm", bytes, type: "video/webm" });
  assert.deepEqual(await files(), [{ key: "videos/test/0.webm", size: bytes }]);
});

test("a truncated download of unknown length leaves nothing", async (t) => {
  const origin = await host(t, (_, answer) => {
    answer.writeHead(200, { "content-type": "video/mp4" });
    answer.write(Buffer.alloc(100_000));
    setTimeout(() => answer.destroy(), 100);
  });
  const { keep, files } = await keeper(t, origin);
  assert.equal((await keep(`${origin}/video`)).status, 502);
  assert.deepEqual(await files(), []);
});

test("a page in place of the video is not archived", async (t) => {
  let type;
  const origin = await host(t, (_, answer) => {
    answer.writeHead(200, { "content-type": type, "content-length": "8" }).end("<script>");
  });
  const { keep, files } = await keeper(t, origin);
  for (type of ["text/html", "Text/HTML; charset=utf-8", "application/json", "application/xml"]) {
    assert.equal((await keep(`${origin}/video`)).status, 502, type);
  }
  assert.deepEqual(await files(), []);
});

test("the archived file is served as a video, regardless of its host's type", async (t) => {
  const origin = await host(t, (_, answer) => {
    answer.writeHead(200, { "content-type": "image/svg+xml", "content-length": "8" }).end("<script>");
  });
  const { keep } = await keeper(t, origin);
  const { key, type } = await keep(`${origin}/video`).then((answer) => answer.json());
  assert.deepEqual([key, type], ["videos/test/0.mp4", "video/mp4"]);
});

test("redirects are followed to public and trusted hosts only, and not endlessly", async (t) => {
  const hidden = await host(t, (_, answer) => answer.end("the metadata of this machine"));
  let visits = 0;
  const origin = await host(t, ({ url }, answer) => {
    visits += 1;
    const steps = Number(url.slice(1));
    const to = url === "/hidden" ? `${hidden}/` : `/${steps - 1}`;
    if (steps === 0) answer.end("a clip");
    else answer.writeHead(302, { location: to }).end();
  });
  const { keep, files } = await keeper(t, origin);
  assert.equal((await keep(`${origin}/3`)).status, 200);
  assert.equal((await files()).length, 1);
  visits = 0;
  const refused = await keep(`${origin}/hidden`);
  assert.equal(refused.status, 502);
  assert.doesNotMatch(await refused.text(), /metadata|127\.0\.0\.1/);
  assert.equal((await keep(`${hidden}/`)).status, 502);
  assert.equal((await keep(`${origin}/4`)).status, 502);
});
