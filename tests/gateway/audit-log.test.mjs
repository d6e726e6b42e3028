// The audit: a line for each change, with who made it, and no value of it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./job/jobs.mjs";
import { linesOf, openKeys } from "./keys.mjs";

const { ask, admin, gateway } = await openKeys({ after });
const audits = async (count) =>
  waitFor(() => {
    const lines = linesOf(gateway, "audit");
    return lines.length >= count && lines;
  });

test("making, changing, rotating, revoking, closing, minting and rotating secrets are told with their actor", async () => {
  const account = await admin("POST", "/accounts", { name: "a secret name", dailyBudgetUsd: 7 });
  const boss = await admin("POST", `/accounts/${account.id}/keys`, { name: "boss", scopes: ["admin"] });
  const by = (method, path, body) => ask(boss.key, method, `/admin/api${path}`, body);
  await by("PATCH", `/accounts/${account.id}`, { dailyBudgetUsd: 8, name: "b" });
  const app = await by("POST", `/accounts/${account.id}/keys`, { name: "app", scopes: ["mint"] });
  const minted = await ask(app.key, "POST", "/v1/keys", { user: "a secret user" });
  const rotated = await by("POST", `/keys/${app.id}/rotate`, { overlapHours: 1 });
  await by("DELETE", `/keys/${app.id}`);
  await by("POST", "/secrets/rotate", {});
  await by("POST", `/videos/video_${"0".repeat(64)}/reconcile`, { costUsd: 5 });
  await admin("POST", `/accounts/${account.id}/close`);
  const lines = await audits(10);
  const short = lines.map(({ route, status, actor, target, fields }) => [route, status, actor, target, fields]);
  const video = `video_${"0".repeat(64)}`;
  assert.deepEqual(short, [
    ["POST /admin/api/accounts", 201, "admin_token", account.id, ["name", "dailyBudgetUsd"]],
    ["POST /admin/api/accounts/:id/keys", 201, "admin_token", boss.id, ["name", "scopes"]],
    ["PATCH /admin/api/accounts/:id", 200, boss.id, account.id, ["dailyBudgetUsd", "name"]],
    ["POST /admin/api/accounts/:id/keys", 201, boss.id, app.id, ["name", "scopes"]],
    ["POST /v1/keys", 201, app.id, minted.id, ["user"]],
    ["POST /admin/api/keys/:id/rotate", 201, boss.id, app.id, ["overlapHours"]],
    ["DELETE /admin/api/keys/:id", 200, boss.id, app.id, undefined],
    ["POST /admin/api/secrets/rotate", 200, boss.id, undefined, []],
    ["POST /admin/api/videos/:id/reconcile", 404, boss.id, video, ["costUsd"]],
    ["POST /admin/api/accounts/:id/close", 200, "admin_token", account.id, undefined],
  ]);
  for (const { request } of lines) assert.match(request, /^[0-9a-f-]{36}$/);
  for (const secret of [boss.key, app.key, minted.key, rotated.key, gateway.adminToken, "a secret"]) {
    assert.ok(!gateway.logs().includes(secret), secret.slice(0, 8));
  }
});

test("a rotation names the key that it has made, and a dry run of a reconciliation says that it is none", async () => {
  const before = (await audits(10)).length;
  const old = await admin("POST", "/keys", { name: "old" });
  const made = await admin("POST", `/keys/${old.id}/rotate`, {});
  for (const more of [{ dryRun: true }, { dryRun: false }, {}]) await admin("POST", "/reconcile", { decision: "charged", filter: {}, ...more });
  const lines = (await audits(before + 5)).slice(before + 1);
  assert.deepEqual(lines.map(({ target, made: id, isDryRun }) => [target, id, isDryRun]), [
    [old.id, made.id, undefined],
    [undefined, undefined, true],
    [undefined, undefined, undefined],
    [undefined, undefined, undefined],
  ]);
});

test("a refused change is told as well, without an actor; a read is not", async () => {
  const before = (await audits(10)).length;
  await ask("x".repeat(40), "DELETE", "/admin/api/keys/key_000000000000");
  await admin("GET", "/keys");
  const lines = await audits(before + 1);
  const { route, status, actor } = lines.at(-1);
  assert.deepEqual([lines.length, route, status, actor], [before + 1, "DELETE /admin/api/keys/:id", 401, undefined]);
});

test("what is no id of the gateway is no target: a whole key in the path does not get into the log", async () => {
  const before = (await audits(11)).length;
  const { key, id, accountId } = await admin("POST", "/keys", { name: "pasted" });
  const paths = [`/keys/${key}`, `/keys/${id}x`, `/accounts/${key}`, `/videos/${key}`, `/keys/${accountId}`];
  for (const path of paths) await admin(path.startsWith("/accounts") ? "PATCH" : "DELETE", path, {});
  const lines = await audits(before + 1 + paths.length);
  const targets = lines.slice(before + 1).map(({ target }) => target);
  assert.deepEqual(targets, [undefined, undefined, undefined, undefined, accountId]);
  assert.ok(!gateway.logs().includes(key));
});
