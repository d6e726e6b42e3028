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
  const piece = Buffer.alloc(1_000_003, "\x1aE\xdf\xa3", "latin1");
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

test("what is not a video is not archived, whatever its host calls it", async (t) => {
  let file;
  const origin = await host(t, (_, answer) => {
    answer.writeHead(200, { "content-type": "video/mp4" });
    // In pieces, of unknown length.
    for (const byte of Buffer.from(file)) answer.write(Buffer.of(byte));
    answer.end();
  });
  const { keep, files } = await keeper(t, origin);
  const others = ["<script>alert(1)</script>", "<svg/>", "", "GIF89a image", '{"error":"not ready"}', "\x00\x00\x00\x18ftxp....", "ftyp"];
  for (file of others) {
    const answer = await keep(`${origin}/video`);
    assert.deepEqual([answer.status, /not a video|empty/i.test(await answer.text())], [502, true], file);
  }
  assert.deepEqual(await files(), []);
  for (file of ["\x00\x00\x00\x08ftyp", "\x00\x00\x00\x08moov", "\x1aE\xdf\xa3 webm"].map((text) => Buffer.from(text, "latin1"))) {
    assert.equal((await keep(`${origin}/video`)).status, 200);
  }
});

test("a file that is too long to be a video is refused before it is read, and once it is", async (t) => {
  let sent = 0;
  const origin = await host(t, async ({ url }, answer) => {
    const declared = url === "/declared" ? { "content-length": String(5 * 1024 ** 3) } : {};
    answer.writeHead(200, { "content-type": "video/webm", ...declared });
    const piece = Buffer.alloc(100_000, "\x1aE\xdf\xa3", "latin1");
    for (sent = 0; sent < 1000 && !answer.destroyed; sent += 1) {
      if (!answer.write(piece)) await Promise.race([once(answer, "drain"), once(answer, "close")]);
    }
    answer.destroy();
  });
  const { keep, call, files } = await keeper(t, origin);
  const declared = await keep(`${origin}/declared`);
  assert.deepEqual([declared.status, /too long/.test(await declared.text())], [502, true]);
  assert.ok(sent < 1000);
  assert.match(await call("sink", `${origin}/endless`, 300_000), /too long/);
  assert.ok(sent < 1000);
  assert.deepEqual(await files(), []);
});

test("the archived file is served as a video, regardless of its host's type", async (t) => {
  const origin = await host(t, (_, answer) => {
    answer.writeHead(200, { "content-type": "image/svg+xml", "content-length": "8" }).end("\0\0\0\x08ftyp");
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
    if (steps === 0) answer.end("\0\0\0\x08ftyp");
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
