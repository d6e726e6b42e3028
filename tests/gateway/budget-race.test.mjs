// The budget through the API: a hundred concurrent creates, compared with the provider's ledger.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./job/jobs.mjs";

const AFFORDED = 7;

test("a hundred concurrent creates never exceed the budget, which is exact to the micro-dollar", async (t) => {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "300"] });
  t.after(() => simulator.stop());
  const gateway = await startGateway({ simulator, limits: { CREATE_LIMITER: 1e6, READ_LIMITER: 1e6 } });
  t.after(() => gateway.stop());
  const ask = async (path, apiKey, body) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    return { http: answer.status, ...(await answer.json()) };
  };
  const request = { model: "wan-2.6", prompt: "A fox", filmgate: { duration: 5, resolution: "720p" } };

  const { accountId: id, apiKey } = await gateway.createKey({ dailyBudgetUsd: 0.01, monthlyBudgetUsd: 1000 });
  const quotes = await ask("/v1/quotes", apiKey, request);
  const offers = quotes.data.filter(({ available }) => available);
  const price = Math.min(...offers.map(({ maxUsd }) => maxUsd));
  const micro = Math.round(price * 1e6);
  assert.equal((await ask("/v1/videos", apiKey, request)).error.code, "budget_exceeded");
  const limit = (micro * AFFORDED + micro - 1) / 1e6;
  await fetch(`${gateway.url}/admin/api/accounts/${id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${gateway.adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ dailyBudgetUsd: limit }),
  });

  const answers = await Promise.all(
    Array.from({ length: 100 }, () => ask("/v1/videos", apiKey, request)),
  );
  const videos = answers.filter(({ http }) => http === 200);
  const refused = answers.filter(({ http }) => http === 402);
  assert.deepEqual([videos.length, refused.length], [AFFORDED, 100 - AFFORDED]);
  assert.equal(new Set(videos.map((video) => video.id)).size, AFFORDED);
  const { code, type } = refused[0].error;
  assert.deepEqual([code, type], ["budget_exceeded", "insufficient_quota"]);

  const report = await waitFor(async () => {
    const { data, open } = await ask("/admin/api/usage", gateway.adminToken);
    return open.length === 0 && data.find((entry) => entry.id === id);
  });
  const ledger = await (await fetch(`${simulator.origin}/control/ledger`)).json();
  assert.equal(ledger.submissions.length, AFFORDED);
  const [{ spentUsd, reservedUsd, jobs }] = report.days;
  assert.equal(reservedUsd, 0);
  assert.equal(jobs, AFFORDED);
  assert.equal(Math.round(spentUsd * 1e6), ledger.totalMicroUsd);
});
