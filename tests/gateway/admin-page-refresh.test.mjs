// The admin page refreshes itself while it is visible, and loses nothing that is being typed.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cardOf, openGateway, openSection, signIn } from "./admin-page/scene.mjs";
import { waitFor } from "./job/jobs.mjs";

const { gateway, ask } = await openGateway({ after });
await gateway.createKey({ name: "editors" });

async function setHidden(page, isHidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

test("it asks every ten seconds while it is visible, never while it is hidden, and at once when shown again", async (t) => {
  const page = await openSection(t, gateway, "overview");
  await page.clock.install();
  let asked = 0;
  page.on("request", (request) => (asked += request.url().includes("/admin/api/overview") ? 1 : 0));
  await page.getByRole("button", { name: "Refresh" }).click();
  await waitFor(async () => asked >= 1);
  for (const expected of [2, 3]) {
    // The timer is set once the response is shown.
    await waitFor(async () => {
      await page.clock.runFor(10_000);
      return asked >= expected;
    });
  }
  await setHidden(page, true);
  const before = asked;
  await page.clock.runFor(120_000);
  assert.equal(asked, before);
  await setHidden(page, false);
  await waitFor(async () => asked > before);
});

test("a new account appears by itself, and a half-typed form and the focus stay", async (t) => {
  const page = await openSection(t, gateway, "keys");
  await page.clock.install();
  await page.getByRole("button", { name: "Refresh" }).click();
  await cardOf(page, "keys", "editors").getByRole("button", { name: "Change the account editors" }).focus();
  await gateway.createKey({ name: "newcomer" });
  await waitFor(async () => {
    await page.clock.runFor(10_000);
    return (await cardOf(page, "keys", "newcomer").count()) === 1;
  });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Change the account editors");

  await page.getByRole("button", { name: "Change the account editors" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Budget per day").fill("12.3");
  const { id } = (await ask("GET", "/admin/api/accounts?search=editors", gateway.adminToken)).data[0];
  await ask("PATCH", `/admin/api/accounts/${id}`, gateway.adminToken, { name: "the editors" });
  await waitFor(async () => {
    await page.clock.runFor(10_000);
    return (await cardOf(page, "keys", "the editors").count()) === 1;
  });
  assert.equal(await dialog.getByLabel("Budget per day").inputValue(), "12.3");
  await page.keyboard.press("Escape");
  await dialog.getByText("What you typed is not saved.").waitFor();
  assert.equal(await dialog.getByLabel("Budget per day").inputValue(), "12.3");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a token that is not accepted any more asks to sign in above a half-typed form, which stays", async (t) => {
  const page = await openSection(t, gateway, "keys");
  await page.getByRole("button", { name: "New account" }).click();
  const form = page.getByRole("dialog", { name: "New account" });
  await form.getByLabel("Name").fill("half");
  await page.evaluate(() => {
    sessionStorage.setItem("filmgate-admin-token", "rotated away");
    dispatchEvent(new Event("changed"));
  });
  await page.getByText("This token is not accepted any more.").waitFor();
  await signIn(page, gateway.adminToken);
  await page.getByRole("dialog", { name: "Sign in" }).waitFor({ state: "detached" });
  assert.equal(await form.getByLabel("Name").inputValue(), "half");
  await form.getByRole("button", { name: "Create account" }).click();
  await cardOf(page, "keys", "half").waitFor();
});

test("a gateway that cannot be reached is said in words, until it answers again", async (t) => {
  const page = await openSection(t, gateway, "overview");
  await page.route("**/admin/api/overview*", (route) => route.abort());
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("status").getByText("Not up to date. The gateway cannot be reached.").waitFor();
  await page.unroute("**/admin/api/overview*");
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("status").waitFor({ state: "hidden" });
});
