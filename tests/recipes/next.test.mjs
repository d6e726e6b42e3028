// docs/recipes/next.md: `next build` and `next start`, in Chromium: a form that is sent twice, and a server that is killed, pay once.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { openContext } from "../browser.mjs";
import { assertPaidOnce, assertRanges, assertVideo } from "./lib/assert.mjs";
import { DAY_MS, KEYS, advance, folderOf, projectOf, providers, run, server } from "./lib/project.mjs";

const ENV = { NEXT_TELEMETRY_DISABLED: "1", CI: "1" };

let project, next;
before(async () => {
  project = await projectOf("next");
  next = join(project, "node_modules", "next", "dist", "bin", "next");
  await run(process.execPath, [next, "build"], { cwd: project, env: ENV });
});

async function start(t, provider) {
  const sim = await providers(t, { jobMs: 4000 });
  const env = { ...sim.env, ...KEYS[provider], ...ENV, DATA_FOLDER: folderOf() };
  const started = await server(t, { cwd: project, args: [next, "start"], env });
  const page = await (await openContext(t)).newPage();
  return { ...started, page, ledger: sim.ledger, simulator: sim.simulator };
}

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: sent twice, killed and continued at the same URL`, async (t) => {
    const { url, page, restart, ledger, simulator } = await start(t, provider);
    await page.goto(url);
    await page.getByLabel("Prompt").fill("A lighthouse in the rain");
    await page.getByRole("button", { name: "Generate" }).dblclick();
    await page.waitForURL(`${url}/videos/*`);
    const address = page.url();

    await page.goto(url); // Another form has another id; the same one is sent again.
    await page.locator("input[name=id]").evaluate((input, id) => (input.value = id), address.split("/").at(-1));
    await page.getByLabel("Prompt").fill("A lighthouse in the rain");
    await page.getByRole("button", { name: "Generate" }).click();
    await page.waitForURL(address);

    await restart();
    await page.goto(address);
    const src = await page.locator("video").getAttribute("src");
    assertVideo(await (await fetch(url + src)).arrayBuffer());
    await assertRanges(url + src);
    await advance(simulator, 30 * DAY_MS);
    assertVideo(await (await fetch(url + src)).arrayBuffer());
    await assertPaidOnce(ledger, provider);
  });
}

test("an unknown video has no content", async (t) => {
  const { url } = await start(t, "runware");
  assert.equal((await fetch(`${url}/videos/${crypto.randomUUID()}/content`)).status, 404);
});

test("a video whose URL expires before anyone asks for it is gone", async (t) => {
  const { url, page, simulator } = await start(t, "runware");
  await page.route("**/content", (route) => route.abort());
  await page.goto(url);
  await page.getByLabel("Prompt").fill("A lighthouse in the rain");
  await page.getByRole("button", { name: "Generate" }).click();
  const src = await page.locator("video").getAttribute("src");
  await advance(simulator, 30 * DAY_MS);
  assert.equal((await fetch(url + src)).status, 410);
});
