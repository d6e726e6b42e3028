// Keys that were minted for visitors, however many, hide no key that an operator has made.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cardOf, openGateway, openSection } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask } = await openGateway({ after });
const admin = (method, path, body) => ask(method, `/admin/api${path}`, gateway.adminToken, body);

const server = await admin("POST", "/keys", { name: "app server", scopes: ["mint"] });
const account = server.accountId;
await admin("POST", `/accounts/${account}/keys`, { name: "editors" });
const mint = async (name) => {
  const minted = await ask("POST", "/v1/keys", server.key, { user: name, name });
  assert.equal(minted.http, 201, JSON.stringify(minted));
  return minted;
};
const oldest = await mint("the first visitor");
for (let at = 0; at < 102; at++) await mint(`visitor ${at}`);

test("minted keys are listed apart", async () => {
  const names = async (path) => (await admin("GET", path)).data.map(({ name }) => name);
  assert.deepEqual(await names(`/accounts/${account}/keys?minted=false`), ["editors", "app server"]);
  const minted = await names(`/accounts/${account}/keys?minted=true&limit=3`);
  assert.deepEqual(minted, ["visitor 101", "visitor 100", "visitor 99"]);
  assert.deepEqual(await names("/keys"), ["editors", "app server"]);
  assert.deepEqual(await names(`/keys?minted=true&search=${oldest.id}`), ["the first visitor"]);
  for (const path of ["/keys?minted=1", `/accounts/${account}/keys?minted=`]) {
    const { http, error } = await admin("GET", path);
    assert.deepEqual([http, error.param], [400, "minted"], path);
  }
});

test("behind a hundred minted keys the page shows every permanent key, and a search finds each", async (t) => {
  const page = await openSection(t, gateway, "keys");
  const card = cardOf(page, "keys", "app server");
  const keys = card.getByRole("table", { name: "API keys of app server", exact: true }).getByRole("row");
  const minted = card.getByRole("table", { name: "Minted keys of app server" }).getByRole("row");
  await card.getByRole("button", { name: "Revoke the key editors" }).waitFor();
  await card.getByRole("button", { name: "Revoke the key app server" }).waitFor();
  // With the row of headings.
  assert.deepEqual([await keys.count(), await minted.count()], [3, 21]);
  await card.getByRole("button", { name: "More minted keys" }).click();
  await waitFor(async () => (await minted.count()) === 41);

  const words = page.getByRole("dialog").getByText("The keys that the old one has minted stop with it.");
  for (const [name, isMinting] of [["app server", true], ["editors", false]]) {
    await card.getByRole("button", { name: `Rotate the key ${name}` }).click();
    await page.getByRole("dialog").getByText("Put it in place before the old one stops.").waitFor();
    assert.equal(await words.count(), Number(isMinting), name);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  }

  const search = page.locator("#keys").getByLabel("Search");
  await search.fill(oldest.id);
  await waitFor(async () => (await minted.count()) === 2);
  await card.getByRole("button", { name: "Revoke the key the first visitor" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
  await card.getByText("No such keys.").waitFor();
  const { data } = await admin("GET", `/accounts/${account}/keys?state=revoked`);
  assert.deepEqual(data.map(({ id }) => id), [oldest.id]);
  await search.fill("editors");
  await minted.first().waitFor({ state: "detached" });
  await waitFor(async () => (await keys.count()) === 2);
});
