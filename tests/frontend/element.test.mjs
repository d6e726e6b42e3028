// `<filmgate-video>` in Chromium, with the full client of simulated providers over HTTP, under a policy without inline styles.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { simulator } from "../client/support.mjs";
import { POLICY, bundle, openProfile, serveBundle } from "./site.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SLOW = 600_000;
const POSTER = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
const html = (attributes = "") =>
  `<main><h1>Video</h1><filmgate-video poster="${POSTER}" muted ${attributes}></filmgate-video><div id="elsewhere"></div></main>`;

const text = await bundle("element");
const origin = await serveBundle({ after }, text, { policy: POLICY.full, html: html() });

async function open(t, { jobDurationMs = SLOW, at = origin, ...query } = {}) {
  const sim = await simulator(t, { jobDurationMs });
  const profile = await openProfile(t, { viewport: { width: 390, height: 844 } });
  const page = await profile.open(`${at}/?${new URLSearchParams({ runware: sim.runware, ...query })}`);
  await page.waitForFunction(() => document.querySelector("filmgate-video").shadowRoot);
  const finish = () => sim.control("advance", { ms: SLOW });
  const submissions = async () => (await sim.ledger()).submissions.length;
  return { sim, page, finish, submissions, ...profile };
}

/** Waits for the text of the live region. */
const shows = (page, words) => page.getByRole("status").getByText(words).waitFor();
const running = (page) => page.getByRole("button", { name: "Cancel" }).waitFor();

/** The rules that the page breaks, best practices included. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await axe.run({ resultTypes: ["violations"] })).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
}

test("by keyboard: the price before, the progress, then a video that plays; accessible in each state", async (t) => {
  const { page, finish, submissions, problems } = await open(t);
  const generate = page.getByRole("button", { name: "Generate video · $0.50" });
  await generate.waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await running(page);
  await shows(page, "Generating the video");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "Cancel");
  await page.getByRole("progressbar", { name: "Progress of the video" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await finish();
  await shows(page, "The video is ready");
  await page.waitForFunction(() => document.querySelector("filmgate-video").shadowRoot.querySelector("video").readyState >= 1);
  await page.getByText("$0.50", { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  const events = await page.evaluate(() => events);
  assert.ok(events.some(([type, status]) => type === "progress" && status === "running"));
  assert.deepEqual(events.at(-1), ["done", 1]);
  assert.equal(await submissions(), 1);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  assert.deepEqual(problems, []);
});

test("a reload finds the job of its `session`, and starting over clears it", async (t) => {
  const { page, finish, submissions, problems } = await open(t, { session: "hero" });
  await page.getByRole("button", { name: /^Generate/ }).click();
  await running(page);
  await shows(page, "Generating");
  await page.reload();
  await shows(page, "Generating");
  await finish();
  await shows(page, "The video is ready");
  assert.equal(await submissions(), 1);
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("button", { name: /^Generate/ }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.part.contains("generate-button")), true);
  assert.deepEqual(problems, []);
});

test("an element that is moved keeps its job", async (t) => {
  const { page, finish, submissions } = await open(t);
  await page.getByRole("button", { name: /^Generate/ }).click();
  await shows(page, "Generating");
  await page.evaluate(() => document.querySelector("#elsewhere").append(document.querySelector("filmgate-video")));
  await shows(page, "Generating");
  await finish();
  await shows(page, "The video is ready");
  assert.equal(await submissions(), 1);
});

test("a failed video says why, in the alert and the event", async (t) => {
  const { page, problems } = await open(t, { jobDurationMs: 300, prompt: "A storm [fail]" });
  await page.getByRole("button", { name: /^Generate/ }).click();
  await shows(page, "There is no video");
  assert.match(await page.getByRole("alert").textContent(), /\w+/);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual((await page.evaluate(() => events)).at(-1), ["error", "generation_failed"]);
  assert.deepEqual(problems, []);
});

test("attributes are the request; what they lack is an error, and nothing is sent", async (t) => {
  const at = await serveBundle(t, text, { policy: POLICY.full, html: html('duration="7" max-cost-usd="2"') });
  const { page, submissions } = await open(t, { at });
  await page.evaluate(() => (document.querySelector("filmgate-video").request = { model: "wan-2.6", prompt: "A fox", resolution: "720p" }));
  await page.getByRole("button", { name: /^Generate/ }).click();
  await page.getByRole("alert").getByText("7").waitFor();
  await page.evaluate(() => document.querySelector("filmgate-video").setAttribute("duration", "5"));
  await page.getByRole("button", { name: "Generate video · $0.50" }).click();
  while ((await submissions()) === 0) await page.waitForTimeout(50);
  assert.equal(await submissions(), 1);
});

test("an API key in an attribute is refused, and nothing is sent", async (t) => {
  const at = await serveBundle(t, text, { policy: POLICY.full, html: html('api-key="fgw_secret"') });
  const { page, submissions } = await open(t, { at });
  await page.getByRole("alert").getByText("must not be in an attribute").waitFor();
  await page.getByRole("button", { name: /^Generate/ }).click();
  assert.deepEqual(await page.evaluate(() => new Set(events.map(String)).size), 1);
  assert.deepEqual((await page.evaluate(() => events))[0], ["error", "invalid_request"]);
  assert.equal(await submissions(), 0);
});

test("without buttons it is driven by its methods, and styled by parts and custom properties", async (t) => {
  const at = await serveBundle(t, text, { policy: POLICY.full, html: html('controls="none"') });
  const { page } = await open(t, { at, jobDurationMs: 300 });
  assert.equal(await page.getByRole("button").count(), 0);
  const result = await page.evaluate(async () => {
    const element = document.querySelector("filmgate-video");
    element.style.setProperty("--filmgate-aspect-ratio", "1");
    const { videos } = await element.submit();
    const { width, height } = element.shadowRoot.querySelector("[part=stage]").getBoundingClientRect();
    return { count: videos.length, status: element.state.status, ratio: width / height };
  });
  assert.deepEqual([result.count, result.status, result.ratio], [1, "completed", 1]);
});

test("texts in another language; one that is undefined stays English", async (t) => {
  const { page } = await open(t);
  await page.evaluate(() => {
    document.querySelector("filmgate-video").labels = { generate: "Video erzeugen", idle: undefined, cancel: undefined };
  });
  await page.getByRole("button", { name: "Video erzeugen · $0.50" }).click();
  await running(page);
});
