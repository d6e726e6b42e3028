// Lists come from summaries: they wake no job, and one that is damaged does not hide the others.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

const served = await openStorage({ after });
const { call, inside } = served;

/** A list, once it shows all videos as completed. */
const listed = (apiKey, count) =>
  waitFor(async () => {
    const { body } = await call("/v1/videos", { apiKey });
    return body.data.filter(({ status, filmgate }) => status === "completed" && filmgate.archived).length === count && body;
  });

test("a list shows what each video's own response shows, and wakes no job", async () => {
  const apiKey = await served.createKey();
  const videos = [await served.generate(apiKey), await served.generate(apiKey)];
  const { data } = await listed(apiKey, 2);
  for (const [at, shown] of data.toReversed().entries()) {
    const { body: video } = await call(`/v1/videos/${videos[at].id}`, { apiKey });
    const { raw, ...outcome } = video.filmgate.outcome;
    assert.ok(raw);
    assert.deepEqual(shown, { ...video, filmgate: { ...video.filmgate, outcome: { ...outcome, raw: null } } });
    const answer = await fetch(shown.filmgate.outcome.videos[0].url);
    assert.deepEqual([answer.status, (await answer.text()).slice(4, 8)], [200, "ftyp"]);
  }
  await served.restart();
  const before = await inside("woken");
  for (const path of ["/v1/videos", "/v1/videos?limit=1"]) assert.equal((await call(path, { apiKey })).status, 200);
  assert.equal(await inside("woken"), before);
});

test("a damaged row is shown as unreadable, and the rest of the list is there", async () => {
  const apiKey = await served.createKey();
  const videos = [];
  for (const prompt of ["one", "two", "three", "four"]) videos.push(await served.generate(apiKey, { prompt }));
  await listed(apiKey, 4);
  const index = await served.indexOf(apiKey);
  const damage = ["{ this is not JSON", `{"id":"video_${"0".repeat(64)}","filmgate":{}}`, "null"];
  for (const [at, text] of damage.entries()) {
    await inside(`JOB_INDEX/${index}/sql`, "UPDATE entries SET summary = ? WHERE job_id = ?", text, jobIdOf(videos[at]));
  }
  for (const list of [await call("/v1/videos", { apiKey }), await served.admin("videos?search=o")]) {
    assert.equal(list.status, 200);
  }
  const { body } = await call("/v1/videos", { apiKey });
  const [healthy, ...others] = body.data;
  assert.equal(healthy.id, videos[3].id);
  for (const [at, other] of others.toReversed().entries()) {
    assert.deepEqual([other.id, other.status, other.error.code], [videos[at].id, "failed", "unreadable"]);
  }
  assert.equal((await call(`/v1/videos/${videos[0].id}`, { apiKey })).body.status, "completed");
});

test("pages stay stable while their videos are deleted, and what is deleted does not come back", async () => {
  const apiKey = await served.createKey();
  const ids = [];
  for (let count = 0; count < 4; count += 1) ids.unshift((await served.generate(apiKey)).id);
  await listed(apiKey, 4);
  const page = (query) => call(`/v1/videos?limit=2${query}`, { apiKey }).then(({ body }) => body);
  const first = await page("");
  assert.deepEqual(first.data.map(({ id }) => id), ids.slice(0, 2));
  for (const { id } of first.data) assert.equal((await call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
  const second = await page(`&after=${first.last_id}`);
  assert.deepEqual([second.data.map(({ id }) => id), second.has_more], [ids.slice(2), false]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual((await page("")).data.map(({ id }) => id), ids.slice(2));
  const index = await served.indexOf(apiKey);
  const rows = await inside(`JOB_INDEX/${index}/sql`, "SELECT summary FROM entries WHERE removed_at IS NOT NULL");
  assert.deepEqual(rows, [{ summary: "" }, { summary: "" }]);
});

test("a crash between a change and its summary is made up for", async () => {
  const apiKey = await served.createKey();
  const { id } = await served.generate(apiKey);
  await listed(apiKey, 1);
  const index = await served.indexOf(apiKey);
  const old = "UPDATE entries SET version = 1, status = 'queued', summary = '{}' WHERE job_id = ?";
  await inside(`JOB_INDEX/${index}/sql`, old, jobIdOf(id));
  // The change is stored with its due summary; the crash comes before that is posted.
  const { kv } = await inside(`JOBS/${jobIdOf(id)}/dump`);
  const [key, text] = kv.find(([name]) => name.startsWith("state/"));
  const state = JSON.parse(text);
  state.due.index = Date.now() - 60_000;
  await inside(`JOBS/${jobIdOf(id)}/restore`, { kv: [[key, JSON.stringify(state)]], tables: [] });
  await inside(`JOBS/${jobIdOf(id)}/evict`);
  await inside(`JOBS/${jobIdOf(id)}/tend`);
  await listed(apiKey, 1);
});

test("a summary is at most 16 kB, and the whole video is at its id", async () => {
  const apiKey = await served.createKey();
  const prompt = "\u{1f98a}".repeat(1_000) + "雪".repeat(3_000);
  const { body } = await call("/v1/videos", { apiKey, json: { prompt, filmgate: { provider: "runpod" } } });
  assert.ok(body.id, JSON.stringify(body));
  const index = await served.indexOf(apiKey);
  const [{ summary }] = await inside(`JOB_INDEX/${index}/sql`, "SELECT summary FROM entries");
  assert.ok(Buffer.byteLength(summary) <= 16_000);
  const [shown] = (await call("/v1/videos", { apiKey })).body.data;
  assert.equal(shown.id, body.id);
  assert.ok(shown.prompt.isWellFormed() && shown.prompt.endsWith("…") && prompt.startsWith(shown.prompt.slice(0, -1)));
  assert.equal((await call(`/v1/videos/${body.id}`, { apiKey })).body.prompt, prompt);
});
