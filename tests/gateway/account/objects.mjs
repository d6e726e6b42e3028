// The gateway's objects, called directly: `call(object, name, method, …args)`, at the time that `at` says.
import assert from "node:assert/strict";
import { startGateway } from "../../../scripts/lib/gateway.mjs";
import { ALONE } from "../api.mjs";

/** Starts the gateway with the way in; stopped with the test. */
export async function openObjects(t, settings = {}) {
  const gateway = await startGateway({ entry: "tests/gateway/account/worker.ts", ...settings });
  t.after(() => gateway.stop());
  let at;
  const send = async (call) => {
    const answer = await fetch(`${gateway.url}/test/call`, {
      method: "POST",
      headers: ALONE,
      body: JSON.stringify({ ...call, at }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  };
  return {
    gateway,
    setClock: (moment) => (at = moment === undefined ? undefined : Date.parse(moment)),
    call: (object, name, method, ...args) => send({ object, name, method, args }),
    run: (method, ...args) => send({ name: "", method, args }),
    newJobId: () => send({ object: "JOBS", name: "", method: "newId", args: [] }),
  };
}

/** An account with these limits, and short words for its calls. */
export async function openAccount(objects, limits = {}, name = "a".repeat(64)) {
  const call = (method, ...args) => objects.call("ACCOUNTS", name, method, ...args);
  await call("open", { id: "key_test", hash: name, name: "test", createdAt: 1, ...limits });
  return {
    call,
    recordBilling: (jobId, billing) => call("recordBilling", jobId, billing),
    report: () => call("report"),
    /** Asks for a job of that price; `more` of an admission. */
    reserve: async (reservedMicroUsd, more = {}) =>
      call("reserve", {
        jobId: await objects.newJobId(),
        model: "model",
        bodyHash: crypto.randomUUID(),
        retryCount: 0,
        reservedMicroUsd,
        ...more,
      }),
  };
}
