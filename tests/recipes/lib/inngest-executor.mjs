// What Inngest's server does with a function: it calls the SDK's endpoint, stores each step's result, sleeps, and repeats a
// step that failed. The server itself is a program that npm does not have.
import { readFileSync, existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const MAX_ATTEMPTS = 5;
const MAX_SLEEP_MS = 1_000;

/**
 * Runs a function to its end; what is known of the run is in `file`. `onStep({ name })` is called after a step has run and before
 * its result is stored: if it returns `"lost"`, the result is not stored, and the step runs again.
 */
export async function execute({ url, fnId, event, file, onStep = () => {} }) {
  const run = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { id: crypto.randomUUID(), steps: {}, stack: [] };
  const save = () => writeFileSync(file, JSON.stringify(run));
  for (let attempt = 0; ; ) {
    const { status, body, noRetry } = await call(url, fnId, { event, run, attempt });
    if (status === 200) return body;
    const ops = status === 206 ? body : [];
    const failed = ops.find(({ op }) => op === "StepError" || op === "StepFailed");
    if (status !== 206 || failed) {
      attempt += 1;
      if (noRetry || failed?.op === "StepFailed" || attempt === MAX_ATTEMPTS) throw new Error(JSON.stringify(body));
      continue;
    }
    attempt = 0;
    for (const { id, op, data, displayName, name } of ops) {
      // Shortened: the simulated jobs take a second.
      if (op === "Sleep") await sleep(Math.min(Math.max(0, new Date(name) - Date.now()), MAX_SLEEP_MS));
      else if ((await onStep({ name: displayName })) === "lost") continue;
      run.steps[id] = { type: "data", data: data ?? null };
      run.stack.push(id);
      save();
    }
  }
}

async function call(url, fnId, { event, run, attempt }) {
  const response = await fetch(`${url}/api/inngest?fnId=${fnId}&stepId=step`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-inngest-req-version": "2" },
    body: JSON.stringify({
      version: 2,
      event,
      events: [event],
      steps: run.steps,
      ctx: { run_id: run.id, attempt, stack: { stack: run.stack, current: run.stack.length } },
    }),
  });
  return { status: response.status, body: await response.json(), noRetry: response.headers.get("x-inngest-no-retry") === "true" };
}
