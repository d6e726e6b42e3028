// The platform limits how many calls of objects a request may make: the admin's do not grow with each account.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { allReports, askAccounts, accountsOf } = await workerModules("accounts.ts", "admin/reports.ts");

/** The platform's limit of a request, and of a call of an object. */
const MAX_CALLS = 1000;

/** An engine with so many accounts. `calls` are those of the request, `most` is the most that one call of the registry makes. */
function engine(count) {
  const accounts = Array.from({ length: count }, (_, at) => ({ id: `acct_${at}`, name: "x", createdAt: at }));
  const counted = { calls: 0, most: 0 };
  const answers = { report: (id) => ({ id }), list: (id, page) => ({ id, page }) };
  const registry = {
    listAccounts: ({ limit, after }) => {
      const from = accounts.findIndex(({ id }) => id === after) + 1;
      return { data: accounts.slice(from, from + limit), hasMore: from + limit < count };
    },
    // As the registry does: each question is a call of its own.
    ask: (_, method, questions) => {
      counted.most = Math.max(counted.most, questions.length);
      return questions.map(({ id, args }) => (id === "acct_7" ? { code: "broken" } : { value: answers[method](id, ...args) }));
    },
  };
  const namespace = (methods) => {
    const call = (method) => async (...args) => {
      counted.calls += 1;
      return method(...args);
    };
    const stub = Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, call(method)]));
    return { idFromName: (name) => name, get: () => stub };
  };
  const env = { REGISTRY: namespace(registry), ACCOUNTS: namespace({ report: () => ({}) }), JOB_INDEX: namespace({ list: () => ({}) }) };
  return { env, counted };
}

for (const count of [1, 26, 500, 20_000]) {
  test(`the reports and lists of ${count} accounts`, async () => {
    const { env, counted } = engine(count);
    const { accounts, unreadable } = await allReports(env);
    const missing = count > 7 ? ["acct_7"] : [];
    assert.deepEqual([accounts.length, unreadable], [count - missing.length, missing]);
    assert.ok(accounts.every(({ info, report }) => info.id === report.id));
    assert.ok(counted.calls <= MAX_CALLS && counted.most <= MAX_CALLS, JSON.stringify(counted));
    counted.calls = 0;
    const page = { limit: 20 };
    const { found } = await askAccounts(env, "jobIndex", "list")(await accountsOf(env), () => [page]);
    assert.ok(found.every(({ info, value }) => value.id === info.id && value.page === page));
    assert.ok(counted.calls <= MAX_CALLS, JSON.stringify(counted));
  });
}
