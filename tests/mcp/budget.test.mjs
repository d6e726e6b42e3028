// The budget of a folder: no call passes it, however many come at once, from however many servers.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nothingSent, simulator } from "../client/support.mjs";
import { PRICE, PROMPT, REQUEST, accepted, finished, httpAgent, workplace } from "./support.mjs";

const SUBMIT = { request: REQUEST, maxCostUsd: 1 };
const times = (count, work) => Promise.all(Array.from({ length: count }, (_, at) => work(at)));

/** The codes of the errors, and the ids of the jobs. */
function outcomes(results) {
  const failed = results.filter(({ isError }) => isError).map(({ content }) => JSON.parse(content[0].text).code);
  return { failed, ids: results.filter(({ isError }) => !isError).map(({ structuredContent }) => structuredContent.id) };
}

test("twenty agents submit at once to two servers with a budget for three videos: three are paid", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 300 });
  const { http } = workplace(t, sim);
  const servers = await times(2, () => http(["--budget", "1.5"]));
  const agents = await times(20, (at) => httpAgent(t, servers[at % 2].url, servers[at % 2].token));
  const { failed, ids } = outcomes(await Promise.all(agents.map(({ raw }) => raw("submit", SUBMIT))));
  assert.deepEqual(failed, Array(17).fill("budget_exceeded"));
  assert.equal(new Set(ids).size, 3);
  for (const id of ids) assert.equal((await finished(agents[0], id)).status, "completed");
  assert.equal((await sim.ledger()).charges.length, 3);
  assert.deepEqual((await agents[1].call("jobs")).budget, { limitUsd: 1.5, spentUsd: 1.5, reservedUsd: 0, leftUsd: 0 });
  assert.match((await agents[2].failing("submit", SUBMIT, "budget_exceeded")).message, /has \$0\.00 left/);
});

test("a limit that is less than a micro-dollar below the price allows nothing", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t);
  const agent = await workplace(t, sim).server(["--budget", "1"]);
  await agent.failing("submit", { ...SUBMIT, maxCostUsd: PRICE - 1e-7 }, "budget_exceeded");
  await nothingSent(sim);
});

test("a restarted server continues with the budget, until the user resets it", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 300 });
  const { server, run } = workplace(t, sim);
  const first = await server(["--budget", "1"]);
  await finished(first, (await first.call("submit", SUBMIT)).id);
  const { id: running } = await first.call("submit", SUBMIT);
  await first.kill();
  const second = await server(["--budget", "1"]);
  await second.failing("submit", SUBMIT, "budget_exceeded");
  await finished(second, running);
  await second.failing("submit", SUBMIT, "budget_exceeded");
  assert.equal(accepted(await sim.ledger()).length, 2);
  const { status, stderr } = run(["--reset-budget"]);
  assert.equal(status, 0, stderr);
  assert.equal((await second.call("jobs")).budget.leftUsd, 1);
  assert.equal((await second.call("submit", SUBMIT)).isJoined, false);
});

test("a charge that is unknown counts in full, and a video that was not billed counts nothing", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 200 });
  const { server } = workplace(t, sim, { RUNWARE_API_KEY: "", RUNWARE_BASE_URL: "" });
  const agent = await server(["--budget", "1"]);
  const { id } = await agent.call("submit", { ...SUBMIT, request: { ...REQUEST, prompt: `${PROMPT} [fail]` } });
  const { status, error } = await finished(agent, id);
  assert.deepEqual([status, error.charge], ["failed", "none"]);
  assert.equal((await agent.call("jobs")).budget.leftUsd, 1);
  await sim.faults({ operation: "submit", fault: { kind: "empty401" } });
  const rejected = await agent.failing("submit", SUBMIT, "unauthorized");
  assert.equal(rejected.charge, "none");
  assert.equal((await agent.call("jobs")).budget.leftUsd, 1);
  await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
  const unknown = await agent.failing("submit", SUBMIT, "submission_unknown");
  assert.equal(unknown.charge, "unknown");
  const { jobs, budget } = await agent.call("jobs");
  assert.equal(jobs[0].status, "submission_unknown");
  assert.equal(budget.leftUsd, PRICE);
});

test("the same key joins the same job: in parallel, at another server, and after a restart", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 300 });
  const { server } = workplace(t, sim);
  const servers = await times(2, () => server(["--budget", "0.5"]));
  const submit = { ...SUBMIT, idempotencyKey: "the fox of chapter one" };
  const { failed, ids } = outcomes(await times(10, (at) => servers[at % 2].raw("submit", submit)));
  assert.deepEqual(failed, []);
  assert.equal(new Set(ids).size, 1);
  await finished(servers[1], ids[0]);
  for (const one of servers) await one.kill();
  const third = await server(["--budget", "0.5"]);
  const again = await third.call("submit", submit);
  assert.deepEqual([again.id, again.isJoined, again.status], [ids[0], true, "completed"]);
  const other = { ...submit, request: { ...REQUEST, model: "p-video" } };
  assert.match((await third.failing("submit", other, "invalid_request")).message, /has a job of wan-2\.6/);
  assert.equal((await sim.ledger()).charges.length, 1);
});

test("a reservation whose server was killed before it sent anything is released; one whose job the provider has is not", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t);
  const { server, env } = workplace(t, sim);
  const file = join(env.FILMGATE_STORE, "budget.json");
  mkdirSync(env.FILMGATE_STORE, { recursive: true });
  const jobs = {
    "11111111-1111-4111-8111-111111111111": { microUsd: 500_000, isAccepted: false, isSettled: false },
    "22222222-2222-4222-8222-222222222222": { microUsd: 400_000, isAccepted: true, isSettled: false },
  };
  writeFileSync(file, JSON.stringify({ version: 1, jobs }));
  const agent = await server(["--budget", "1"]);
  assert.equal((await agent.call("submit", SUBMIT)).budget.reservedUsd, 0.9);
  await agent.failing("submit", SUBMIT, "budget_exceeded");
  assert.equal(accepted(await sim.ledger()).length, 1);
});

test("a file of the budget that cannot be read allows nothing", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t);
  const { server, env } = workplace(t, sim);
  mkdirSync(env.FILMGATE_STORE, { recursive: true });
  const file = join(env.FILMGATE_STORE, "budget.json");
  const agent = await server();
  for (const text of ["", "{", "null", '{"jobs":{"a":{"microUsd":-5}}}', '{"jobs":{"a":{"microUsd":0.5}}}']) {
    writeFileSync(file, text);
    const { message } = await agent.failing("submit", SUBMIT, "store_error");
    assert.match(message, /budget\.json/);
    assert.equal(readFileSync(file, "utf8"), text);
    assert.deepEqual(await agent.call("jobs"), { jobs: [], more: 0 });
  }
  await nothingSent(sim);
});

test("the budget has a small default, and a wrong one ends the command", { timeout: 300_000 }, async (t) => {
  const { server, run, env } = workplace(t);
  const agent = await server(["--simulate"]);
  assert.equal((await agent.call("jobs")).budget.limitUsd, 1);
  for (const budget of ["-1", "1e9", "lots", "0.0000001"]) assert.equal(run(["--simulate", "--budget", budget]).status, 2, budget);
  assert.equal(existsSync(join(env.FILMGATE_STORE, "budget.json")), false);
});
