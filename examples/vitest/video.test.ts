import { createFilmgate, type Filmgate } from "filmgate";
import { createSimulator, type Simulator } from "filmgate/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { generateClip } from "./video.js";

let simulator: Simulator;
let client: Filmgate;

beforeEach(() => {
  // Each timer fires as soon as nothing else is pending: three minutes pass instantly.
  vi.useFakeTimers().setTimerTickMode("nextTimerAsync");
  simulator = createSimulator({ jobDurationMs: 180_000 });
  client = createFilmgate(simulator.options);
});
afterEach(() => {
  simulator.close();
  vi.useRealTimers();
});

test("generates a clip and pays once", async () => {
  const clip = await generateClip(client, "A lighthouse in the rain");
  expect(clip).toMatchObject({ state: "ready", costUsd: 0.5 });
  expect(simulator.charges()).toMatchObject([{ provider: "runpod", microUsd: 500_000 }]);
});

test("submits once even if polls fail", async () => {
  simulator.injectFault({ operation: "poll", times: 3, fault: { kind: "error", status: 503 } });
  simulator.injectFault({ operation: "poll", fault: { kind: "resetBefore" } });
  expect(await generateClip(client, "A lighthouse in the rain")).toMatchObject({ state: "ready" });
  expect(simulator.submissions()).toHaveLength(1);
});

test("does not submit again if the response to the submit is lost", async () => {
  simulator.injectFault({ operation: "submit", fault: { kind: "resetAfter" } });
  const clip = await generateClip(client, "A lighthouse in the rain");
  expect(clip).toMatchObject({ state: "unknown", handle: { provider: "runpod" } });
  expect(simulator.submissions()).toMatchObject([{ outcome: "accepted" }]);
});

test("does not submit what exceeds the budget", async () => {
  expect(await generateClip(client, "A lighthouse in the rain", 0.4)).toEqual({ state: "too expensive" });
  expect(simulator.submissions()).toEqual([]);
});
