// The tools over stdio, by the SDK's own client: what they take, what they return, and what they refuse.
import assert from "node:assert/strict";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { nothingSent, simulator } from "../client/support.mjs";
import { PRICE, REQUEST, finished, workplace } from "./support.mjs";

test("an agent lists, validates, prices, submits, waits, downloads and lists again, with outputs that fit their schemas", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const { cwd, server } = workplace(t, sim);
  const agent = await server(["--budget", "2"]);
  const { models } = await agent.call("list_models", { filter: "wan 2.6" });
  assert.ok(models.some(({ id }) => id === "wan-2.6"));
  const { request } = await agent.call("list_models", { model: "wan-2.6" });
  assert.deepEqual(request.properties.duration.enum, [5, 10, 15]);
  const { ok, listings } = await agent.call("validate", { request: { ...REQUEST, duration: 7 } });
  assert.equal(ok, false);
  assert.match(JSON.stringify(listings), /Use 5, 10 or 15/);
  const { quotes } = await agent.call("quote", { request: REQUEST });
  assert.equal(quotes[0].maxUsd, PRICE);
  const all = await agent.call("quote", { request: { prompt: "A fox", duration: 5 } });
  assert.ok(all.quotes.length > 5 && all.quotes.every(({ available }) => available));

  const job = await agent.call("submit", { request: REQUEST, maxCostUsd: PRICE });
  assert.equal(job.hasEnded, false);
  assert.equal(job.isJoined, false);
  assert.equal(job.handle.id, job.id);
  assert.ok(Date.parse(job.expectedEndAt) >= Date.parse(job.createdAt));
  assert.deepEqual(job.budget, { limitUsd: 2, spentUsd: 0, reservedUsd: PRICE, leftUsd: 1.5 });
  const reports = [];
  const result = await finished(agent, job.id, {
    // The job ends once there was a report of it.
    onprogress: (report) => reports.push(report) === 1 && void sim.control("advance", { ms: 600_000 }),
  });
  assert.equal(result.status, "completed");
  assert.equal(result.charge, "charged");
  assert.ok(reports.length > 0 && reports.every(({ progress }, at) => at === 0 || progress > reports[at - 1].progress));
  assert.deepEqual(await agent.call("job", { id: job.id }), result);

  const { files, isComplete, links } = await agent.call("download", { id: job.id, name: "fox" });
  assert.equal(isComplete, true);
  const [{ path, uri, bytes }] = files;
  assert.equal(dirname(path), realpathSync(join(cwd, "videos")));
  assert.equal(readFileSync(path).length, bytes);
  assert.equal(fileURLToPath(uri), path);
  assert.deepEqual(links.map(({ type, uri: link, mimeType }) => ({ type, link, mimeType })), [{ type: "resource_link", link: uri, mimeType: "video/mp4" }]);
  const again = await agent.call("download", { id: job.id, name: "fox.mp4" });
  assert.deepEqual(again.files, files);

  assert.equal((await agent.call("cancel", { id: job.id })).result, "already_finished");
  const { jobs, budget } = await agent.call("jobs");
  assert.deepEqual(jobs.map(({ id }) => id), [job.id]);
  assert.deepEqual((await agent.call("jobs", { pending: true })).jobs, []);
  assert.equal(budget.spentUsd, PRICE);
  assert.equal(budget.reservedUsd, 0);
});

test("each tool has schemas and all annotations, and only reading tools say that they read", { timeout: 300_000 }, async (t) => {
  const { server } = workplace(t);
  const { tools } = await server(["--simulate"]);
  assert.deepEqual(tools.map(({ name }) => name), ["list_models", "validate", "quote", "submit", "wait", "job", "jobs", "cancel", "download"]);
  for (const { name, inputSchema, outputSchema, annotations, description } of tools) {
    assert.equal(inputSchema.additionalProperties, false, name);
    assert.equal(outputSchema.type, "object", name);
    assert.ok(description.length > 20, name);
    for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]) {
      assert.equal(typeof annotations[hint], "boolean", `${name}: ${hint}`);
    }
    assert.equal(annotations.readOnlyHint, !["submit", "cancel", "download"].includes(name), name);
    assert.equal(annotations.destructiveHint, ["submit", "cancel"].includes(name), name);
  }
  const { request } = tools.find(({ name }) => name === "submit").inputSchema.properties;
  assert.ok(request.properties.model.enum.includes("wan-2.6"));
  assert.deepEqual(request.required, ["model"]);
  for (const field of ["webhookUrl", "uploadUrl", "providerOptions", "taskUUID", "input"]) assert.equal(request.properties[field], undefined);
});

test("a submit without a limit, above its limit, invalid, or with a field that leads elsewhere sends nothing", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t);
  const { server } = workplace(t, sim);
  const agent = await server();
  assert.match((await agent.failing("submit", { request: REQUEST }, "invalid_request")).message, /maxCostUsd/);
  for (const maxCostUsd of ["1", null, -1, true]) await agent.failing("submit", { request: REQUEST, maxCostUsd }, "invalid_request");
  await agent.failing("submit", { request: REQUEST, maxCostUsd: 0 }, "budget_exceeded");
  assert.match((await agent.failing("submit", { request: REQUEST, maxCostUsd: 0.499999 }, "budget_exceeded")).message, /\$0\.50/);
  const { issues } = await agent.failing("submit", { request: { ...REQUEST, duration: 7 }, maxCostUsd: 1 }, "invalid_request");
  assert.ok(issues.some(({ fix }) => fix));
  await agent.failing("submit", { request: { prompt: "A fox", duration: 5 }, maxCostUsd: 1 }, "invalid_request");
  await agent.failing("submit", { request: { model: "wan-2.6", prompt: "A fox", duraton: 5 }, maxCostUsd: 1 }, "invalid_request");
  for (const field of ["webhookUrl", "uploadUrl"]) {
    const { message } = await agent.failing("submit", { request: { ...REQUEST, [field]: "https://elsewhere.example/" }, maxCostUsd: 1 }, "invalid_request");
    assert.match(message, new RegExp(field));
  }
  await agent.failing("submit", { request: { ...REQUEST, providerOptions: { runware: { x: 1 } } }, maxCostUsd: 1 }, "invalid_request");
  await agent.failing("submit", { request: { model: "runpod:any", input: {} }, maxCostUsd: 1 }, "invalid_request");
  await agent.failing("submit", { request: "A fox", maxCostUsd: 1 }, "invalid_request");
  await agent.failing("wait", { id: "5bc1c288-5e46-41d1-ae50-5a26af2bea85" }, "job_not_found");
  await agent.failing("job", { id: "../budget" }, "invalid_request");
  await agent.failing("list_models", { model: "nope" }, "invalid_request");
  await assert.rejects(agent.raw("rm"), /no such tool/);
  await nothingSent(sim);
  assert.equal((await agent.call("jobs")).budget.reservedUsd, 0);
});

test("a job is cancelled, and costs nothing of the budget if nothing was billed", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 600_000 });
  const { server } = workplace(t, sim, { RUNWARE_API_KEY: "", RUNWARE_BASE_URL: "" });
  const agent = await server();
  const { id, provider } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  assert.equal(provider, "runpod");
  assert.deepEqual(Object.keys(await agent.call("wait", { id, seconds: 0 })).includes("expectedEndAt"), true);
  const { result, charge } = await agent.call("cancel", { id });
  assert.equal(result, "cancelled");
  assert.equal((await agent.call("job", { id })).status, "cancelled");
  const { budget } = await agent.call("jobs");
  assert.deepEqual([budget.spentUsd, budget.reservedUsd], [charge === "none" ? 0 : PRICE, 0]);
});

test("without a key, `--simulate` does everything", { timeout: 300_000 }, async (t) => {
  const { server, cwd } = workplace(t, undefined, { FILMGATE_SIMULATED_JOB_MS: "300" });
  const agent = await server(["--simulate"]);
  const { id } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  assert.equal((await finished(agent, id)).status, "completed");
  const { files } = await agent.call("download", { id });
  assert.ok(existsSync(files[0].path));
  assert.ok(existsSync(join(cwd, "videos")));
});

test("without a key, everything but a submit works, and the submit says which variable to set", { timeout: 300_000 }, async (t) => {
  const { server } = workplace(t);
  const agent = await server();
  assert.ok((await agent.call("list_models")).models.length > 10);
  assert.equal((await agent.call("quote", { request: REQUEST })).quotes[0].maxUsd, PRICE);
  await agent.failing("submit", { request: REQUEST, maxCostUsd: 1 }, "missing_api_key");
  assert.equal((await agent.call("jobs")).budget.reservedUsd, 0);
  assert.match(agent.stderr(), /Set RUNPOD_API_KEY or RUNWARE_API_KEY/);
});
