// A page with one component around `useGenerateVideo`, and what it shows.
import assert from "node:assert/strict";
import { TIMEOUT_MS } from "../chromium.mjs";
import { simulator } from "../client/support.mjs";
import { POLICY, bundle, openProfile, serveBundle } from "./site.mjs";

/** Longer than a test: a job ends when the clock is advanced. */
export const SLOW = 600_000;

export const stateOf = async (page) => JSON.parse(await page.locator("#state").first().textContent());
export const click = (page, name) => page.getByRole("button", { name, exact: true }).first().click();

/** The state, once it passes the test. */
export async function until(page, isWanted, what) {
  const due = Date.now() + TIMEOUT_MS;
  for (;;) {
    const state = await stateOf(page);
    if (isWanted(state)) return state;
    assert.ok(Date.now() < due, `no ${what}: ${JSON.stringify(state)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
export const untilStatus = (page, status) => until(page, (state) => state.status === status, status);
export const untilAccepted = (page) => until(page, ({ handle, isPending }) => isPending && handle?.acceptedAt, "accepted job");

/** What the functions of the component have led to, once there are so many. */
export async function results(page, count) {
  await page.waitForFunction((count) => results.length >= count, count);
  return page.evaluate(() => results);
}

/** Serves the page; returns a function that opens it with providers of its own. */
export async function servePage(t, react = 19) {
  const origin = await serveBundle(t, await bundle("react", { react }), { policy: POLICY.full });
  return async (t, { provider, init, ...query } = {}, jobDurationMs = SLOW) => {
    const sim = await simulator(t, { jobDurationMs });
    const profile = await openProfile(t);
    if (init) await profile.context.addInitScript(init);
    const options = provider && { options: JSON.stringify({ provider, maxCostUsd: 2 }) };
    const { runpod, runware } = sim;
    const url = `${origin}/?${new URLSearchParams({ id: "hero", runpod, runware, ...options, ...query })}`;
    const page = await profile.open(url);
    const finish = () => sim.control("advance", { ms: SLOW });
    const submissions = async () => (await sim.ledger()).submissions.length;
    return { sim, page, finish, submissions, url, origin, ...profile };
  };
}

/** A tab that takes the lock of the session, as one that stands still; `free()` lets it go. */
export async function holdLock(page) {
  const isHeld = page.evaluate(() => {
    const held = new Promise((free) => (globalThis.free = free));
    return new Promise((taken) => void navigator.locks.request("filmgate:hero", () => (taken(), held)));
  });
  return { isHeld, free: () => page.evaluate(() => free()) };
}
export const waiting = (page, count) =>
  page.waitForFunction(async (count) => (await navigator.locks.query()).pending.filter(({ name }) => name === "filmgate:hero").length === count, count);
