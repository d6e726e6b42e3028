// Markup in an API key's name, a prompt, a model or an error is shown as text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cardOf, openGateway, openSection, rowOf } from "./admin-page/scene.mjs";

const ATTACKS = [
  `<img src=x onerror="globalThis.hacked='img'">`,
  `<script>globalThis.hacked='script'</script>`,
  `"><svg onload="globalThis.hacked='svg'">`,
  `'-globalThis.hacked-'\${globalThis.hacked=1}{{constructor.constructor('hacked=1')()}}`,
  `<iframe srcdoc="<script>parent.hacked='frame'</script>"></iframe>`,
];

test("no markup runs, and all of it is shown as text", async (t) => {
  const { gateway, order, settled, call, account } = await openGateway(t);
  const [name, prompt, model, hook] = ATTACKS;
  const limited = `runware:${ATTACKS[4]}`;
  const made = await gateway.createKey({ name, models: ["wan-2.6", limited], dailyBudgetUsd: 1 });
  const video = await settled(await order(made.apiKey, `${prompt} [fail]`), made.apiKey);
  assert.equal(video.status, "failed");
  await order(made.apiKey, hook);
  // No listing has such a name today, and the account does not ask: the page must not mind either.
  const facts = await call("ACCOUNTS", made.accountId, "info");
  const { reserve, recordBilling } = await account(facts, made.accountId);
  const { models: _models, ...unlimited } = facts;
  await call("ACCOUNTS", made.accountId, "open", unlimited);
  const spent = await reserve(400_000, { keyId: made.id, model });
  assert.equal(spent.error, undefined);
  await recordBilling(spent.jobId, { kind: "charged", microUsd: 400_000, isEstimate: false });
  const { jobId } = await reserve(5, { keyId: made.id, model });
  await recordBilling(jobId, { kind: "pending", reason: "charge_unknown", since: Date.now() });
  await call("ACCOUNTS", made.accountId, "open", facts);

  const page = await openSection(t, gateway, "overview");
  await rowOf(page, "budgets", name).waitFor();
  await page.locator("#attention").getByText(`${name} has used`).waitFor();
  await page.locator(".day").last().focus();
  await page.locator(".readout").getByText(model, { exact: true }).waitFor();
  await page.getByLabel("Stacked by").selectOption("by API key");
  await page.locator(".readout").getByText(name, { exact: true }).waitFor();
  await page.getByRole("link", { name: "Charges" }).click();
  await rowOf(page, "charges", model).getByText(model, { exact: true }).waitFor();
  await page.getByRole("link", { name: "Jobs" }).click();
  const jobs = page.locator("#jobs");
  await jobs.getByText(`${prompt} [fail]`).waitFor();
  await jobs.getByText(hook).waitFor();
  await jobs.getByRole("button", { name: `Open the job ${video.id.slice(-6)}` }).click();
  await page.getByRole("dialog").getByText(`${prompt} [fail]`).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Keys" }).click();
  const card = cardOf(page, "keys", name);
  await card.getByText(limited).first().waitFor();
  await card.getByRole("button", { name: /^Change the account/ }).click();
  await page.getByRole("heading", { name: `Change ${name}` }).waitFor();

  const found = await page.evaluate(() => ({
    hacked: globalThis.hacked,
    elements: document.querySelectorAll("img, svg, iframe, script:not([src='/admin/app.js'])").length,
    handlers: [...document.querySelectorAll("*")].filter((node) =>
      node.getAttributeNames().some((attribute) => attribute.startsWith("on")),
    ).length,
  }));
  assert.deepEqual(found, { hacked: undefined, elements: 0, handlers: 0 });
});

test("the page's policy allows nothing else", async (t) => {
  const { gateway } = await openGateway(t);
  const answer = await fetch(`${gateway.url}/admin`);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; media-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'; trusted-types 'none'$/);
  assert.doesNotMatch(policy, /unsafe|\*|http/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const text = await answer.text();
  assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
});
