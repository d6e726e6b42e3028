// Markup in an API key's name, a prompt, a model or an error is shown as text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAdmin, openGateway, rowOf, signIn } from "./admin-page/scene.mjs";

const ATTACKS = [
  `<img src=x onerror="globalThis.hacked='img'">`,
  `<script>globalThis.hacked='script'</script>`,
  `"><svg onload="globalThis.hacked='svg'">`,
  `'-globalThis.hacked-'\${globalThis.hacked=1}{{constructor.constructor('hacked=1')()}}`,
  `<iframe srcdoc="<script>parent.hacked='frame'</script>"></iframe>`,
];

test("no markup runs, and all of it is shown as text", async (t) => {
  const { gateway, ask, order, settled, call, account } = await openGateway(t);
  const [name, prompt, model, hook] = ATTACKS;
  const limited = `runware:${ATTACKS[4]}`;
  const made = await gateway.createKey({ name, models: ["wan-2.6", limited] });
  const video = await settled(await order(made.apiKey, `${prompt} [fail]`), made.apiKey);
  assert.equal(video.status, "failed");
  await order(made.apiKey, hook);
  // No listing has such a name today, and the account does not ask: the page must not mind either.
  const { hash } = await call("REGISTRY", "registry", "find", made.id);
  const facts = await call("ACCOUNTS", hash, "info");
  const { reserve, recordBilling } = await account(facts, hash);
  const { models: _models, ...unlimited } = facts;
  await call("ACCOUNTS", hash, "open", unlimited);
  const { jobId } = await reserve(5, { model });
  await recordBilling(jobId, { kind: "pending", reason: "charge_unknown" });

  const page = await openAdmin(t, gateway);
  await signIn(page, gateway.adminToken);
  await rowOf(page, "keys", name).getByText(name, { exact: true }).waitFor();
  await rowOf(page, "keys", name).getByText(limited).waitFor();
  await rowOf(page, "attention", model).getByText(model, { exact: true }).waitFor();
  await rowOf(page, "spending", name).first().waitFor();
  await rowOf(page, "keys", name).getByRole("button", { name: "Jobs" }).click();
  await page.getByRole("heading", { name: `Jobs of ${name}` }).waitFor();
  await rowOf(page, "jobs", `${prompt} [fail]`).waitFor();
  await rowOf(page, "jobs", hook).waitFor();
  await rowOf(page, "keys", name).getByRole("button", { name: /^Change/ }).click();
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
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'; trusted-types 'none'$/);
  assert.doesNotMatch(policy, /unsafe|\*|http/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const text = await answer.text();
  assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
});
