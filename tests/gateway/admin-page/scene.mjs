// A gateway that has seen something, and its admin's page in Chromium.
import assert from "node:assert/strict";
import { startSimulator } from "../../../scripts/lib/simulator.mjs";
import { checkLast, openContext } from "../../browser.mjs";
import { openAccount, openObjects } from "../account/objects.mjs";
import { ALONE } from "../api.mjs";
import { waitFor } from "../job/jobs.mjs";

export const REQUEST = {
  prompt: "A fox in the snow",
  model: "wan-2.6",
  filmgate: { duration: 5, resolution: "720p", provider: "runpod" },
};

/** The gateway beside the simulated providers, with short words for what its clients and admin do. */
export async function openGateway(t, { jobDurationMs = 200 } = {}) {
  const simulator = await startSimulator({ args: ["--job-duration-ms", String(jobDurationMs)] });
  t.after(() => simulator.stop());
  const objects = await openObjects(t, { simulator, limits: { CREATE_LIMITER: 1e6, READ_LIMITER: 1e6 } });
  const { gateway } = objects;
  const control = async (what, body) => {
    const answer = await fetch(`${simulator.origin}/control/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, await answer.text());
  };
  const ask = async (method, path, apiKey, body) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { ...ALONE, authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { http: answer.status, ...(await answer.json()) };
  };
  const order = async (apiKey, prompt, fields = {}) => {
    const filmgate = { ...REQUEST.filmgate, ...fields };
    const video = await ask("POST", "/v1/videos", apiKey, { ...REQUEST, prompt, filmgate });
    assert.equal(video.http, 200, JSON.stringify(video));
    return video;
  };
  const settled = ({ id }, apiKey) =>
    waitFor(async () => {
      const video = await ask("GET", `/v1/videos/${id}`, apiKey);
      return video.filmgate.billing && /completed|failed/.test(video.status) && video;
    });
  /** Orders videos that fail. The index has their ends, so that no page hears of them by an event, and shows them as new ones. */
  const orderEnded = async (apiKey, count) => {
    await Promise.all(Array.from({ length: count }, (_, at) => order(apiKey, `[fail] Take ${at}`)));
    await waitFor(async () => {
      const { data } = await ask("GET", "/v1/videos?limit=100", apiKey);
      return data.filter(({ status }) => status === "failed").length === count;
    });
  };
  /** A job whose submit gets no response; from then on, no webhook arrives. */
  const orderUnknown = async (apiKey, prompt) => {
    await control("faults", [
      { operation: "submit", times: 1, fault: { kind: "resetAfter" } },
      { operation: "webhook", times: 10_000, fault: { kind: "resetBefore" } },
    ]);
    const video = await order(apiKey, prompt);
    return waitFor(async () => {
      const { open } = await ask("GET", "/admin/api/usage", gateway.adminToken);
      return open.find((job) => job.id === video.id && job.state === "pending");
    });
  };
  const account = (limits, id) => openAccount(objects, limits, id);
  return { ...objects, gateway, simulator, ask, order, orderEnded, settled, orderUnknown, account, control };
}

/**
 * The page in an empty profile; the test fails where the page has thrown or its policy refused something. `section` is
 * the one that it opens at.
 */
export async function openAdmin(t, gateway, { section = "", ...settings } = {}) {
  const context = await openContext(t, settings);
  const page = await context.newPage();
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => {
    const isRefusal = /status of 4|net::ERR_FAILED$/.test(message.text());
    if (message.type() === "error" && !isRefusal) trouble.push(message.text());
  });
  checkLast(t, () => assert.deepEqual(trouble, [], "what the page complained of"));
  await page.goto(`${gateway.url}/admin${section && `#/${section}`}`);
  return page;
}

export async function signIn(page, token) {
  await page.getByLabel("Admin token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The page of a section, signed in. */
export async function openSection(t, gateway, section, settings = {}) {
  const page = await openAdmin(t, gateway, { section, ...settings });
  await signIn(page, gateway.adminToken);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return page;
}

/** The row of a table that has this text. */
export const rowOf = (page, section, text) =>
  page.locator(`#${section}`).getByRole("row").filter({ hasText: text });

/** The card of an account, or of a group of charges. */
export const cardOf = (page, section, text) =>
  page.locator(`#${section}`).getByRole("article").filter({ hasText: text });
