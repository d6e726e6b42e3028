// A URL that is still being typed gets no key.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { chooseEnvironment, openPage, openSettings, waitFor } from "./support.mjs";

/** A server that notes the paths it is asked for, and knows none. */
async function serveNothing(t) {
  const paths = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.writeHead(request.method === "OPTIONS" ? 204 : 404, {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "authorization, content-type",
    });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, paths };
}

const storedText = (page) => page.evaluate(() => localStorage.getItem("filmgate.settings"));

test("a gateway's URL counts once its field is left", async (t) => {
  const { origin, paths } = await serveNothing(t);
  const { page } = await openPage(t);
  await openSettings(page);
  await page.check("input[name=environment][value=gateway]");
  await page.locator("#gateway-api-key").fill("fgw_a_key");
  await page.locator("#gateway-url").pressSequentially(origin);
  assert.equal((await storedText(page)).includes(origin), false);
  assert.equal(await page.locator("#gateway-url").inputValue(), origin);
  await page.locator("#gateway-url").pressSequentially("/base");
  await page.keyboard.press("Tab");
  await waitFor(() => paths.length > 0);
  assert.deepEqual(paths.filter((path) => !path.startsWith("/base/v1/")), []);
});

const WAYS = {
  Enter: (page) => page.keyboard.press("Enter"),
  Escape: (page) => page.keyboard.press("Escape"),
  "a click beside the menu": (page) => page.locator("#prompt").click(),
};

for (const [name, leave] of Object.entries(WAYS)) {
  test(`a base URL counts once its field is left: ${name}`, async (t) => {
    const { page } = await openPage(t);
    await chooseEnvironment(page, "live");
    await openSettings(page);
    await page.locator("#live-settings details").evaluate((details) => void (details.open = true));
    await page.locator("#base-runware").pressSequentially("https://proxy.example/run");
    assert.equal((await storedText(page)).includes("proxy.example"), false);
    await leave(page);
    await waitFor(async () => (await storedText(page)).includes("https://proxy.example/run"));
  });
}
