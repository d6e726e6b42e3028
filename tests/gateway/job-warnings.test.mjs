// What a listing ignores, and why a provider failed a job, reach the owner of the job.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXT, failing, gateway } from "./client.mjs";
import { openJobs } from "./job/jobs.mjs";

// Kling O1 ignores a seed.
const REQUEST = {
  model: "kling-o1",
  prompt: "A fox in the snow",
  image: "https://example.com/fox.png",
  duration: 5,
  seed: 7,
};

const paths = (warnings) => warnings?.map(({ path, code }) => [path, code]);
const SEED = [["seed", "ignored"]];

test("a gateway's video has the warnings of its listing from its creation to its end", async (t) => {
  const { createClient, call } = await gateway(t);
  const { provider, ...fields } = { provider: "runware", ...REQUEST };
  const { model, prompt, ...filmgate } = fields;
  const created = await call("/v1/videos", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, prompt, filmgate: { ...filmgate, provider } }),
  });
  const video = await created.json();
  assert.equal(created.status, 200, JSON.stringify(video));
  assert.deepEqual(paths(video.filmgate.warnings), SEED);

  const client = createClient();
  const job = await client.submit(REQUEST, { provider });
  assert.deepEqual(paths(job.warnings), SEED);
  const { warnings } = await job.result();
  assert.deepEqual(paths(warnings), SEED);
  const [stored] = await client.jobs();
  assert.deepEqual(paths(stored.warnings), SEED);
  const handle = await client.start(REQUEST, { provider });
  assert.deepEqual(paths(handle.warnings), SEED);
});

test("a video without warnings has an empty list", async (t) => {
  const { createClient } = await gateway(t);
  const job = await createClient().submit(TEXT, { provider: "runware" });
  const paths = job.warnings.map(({ path }) => path);
  assert.deepEqual(paths, ["model"], "a retired model");
  assert.deepEqual((await job.result()).warnings, job.warnings);
});

test("the owner reads the provider's reason, without quotations of the prompt", async (t) => {
  const jobs = await openJobs(t);
  const jobId = await jobs.create("runware", { request: { prompt: "A fox [fail] in the snow" } });
  const { error, filmgate } = await jobs.until(jobId, "failed");
  assert.ok(error.message.includes("The generation failed."), error.message);
  assert.equal(filmgate.error.message, error.message);
  assert.equal(error.message.includes("fox"), false);
});

test("a client of the gateway gets the same reason", async (t) => {
  const { createClient } = await gateway(t);
  const request = { ...REQUEST, prompt: "A fox [moderated] in the snow" };
  const error = await failing(createClient().generate(request, { provider: "runware" }), "content_policy_violation");
  assert.ok(error.message.includes("under its content policy"), error.message);
});
