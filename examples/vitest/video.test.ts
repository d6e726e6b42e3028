import { createFilmgate, type Filmgate } from "filmgate";
import { createSimulator, type Simulator } from "filmgate/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { filmClip } from "./video.js";

let simulator: Simulator;
let film: Filmgate;

beforeEach(() => {
  // Each timer fires as soon as nothing else is to be done: three minutes pass in no time.
  vi.useFakeTimers().setTimerTickMode("nextTimerAsync");
  simulator = createSimulator({ jobDurationMs: 180_000 });
  film = createFilmgate(simulator.options);
});
afterEach(() => {
  simulator.close();
  vi.useRealTimers();
});

test("a clip is filmed, and paid once", async () => {
  const clip = await filmClip(film, "A lighthouse in the rain");
  expect(clip).toMatchObject({ state: "ready", costUsd: 0.5 });
  expect(simulator.charges()).toMatchObject([{ provider: "runpod", microUsd: 500_000 }]);
});

test("a provider that stumbles while it films costs nothing more", async () => {
  simulator.injectFault({ operation: "poll", times: 3, fault: { kind: "error", status: 503 } });
  simulator.injectFault({ operation: "poll", fault: { kind: "resetBefore" } });
  expect(await filmClip(film, "A lighthouse in the rain")).toMatchObject({ state: "ready" });
  expect(simulator.submissions()).toHaveLength(1);
});

test("an order whose answer was lost is looked up, and not sent again", async () => {
  simulator.injectFault({ operation: "submit", fault: { kind: "resetAfter" } });
  const clip = await filmClip(film, "A lighthouse in the rain");
  expect(clip).toMatchObject({ state: "look it up", handle: { provider: "runpod" } });
  expect(simulator.submissions()).toMatchObject([{ outcome: "accepted" }]);
});

test("what costs more than it may is not ordered", async () => {
  expect(await filmClip(film, "A lighthouse in the rain", 0.4)).toEqual({ state: "too expensive" });
  expect(simulator.submissions()).toEqual([]);
});
