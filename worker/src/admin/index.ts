// The admin API and page, for the admin token and for API keys of the scope `admin`.
import { Hono } from "hono/tiny";
import { audit } from "../api/audit.js";
import { refuseOtherMethods } from "../api/middleware.js";
import { models } from "../api/catalog.js";
import type { App, Call } from "../api/context.js";
import { readBody } from "../api/schema-body.js";
import { listVideosOf } from "../api/videos.js";
import { authenticateAdmin } from "../auth.js";
import { ApiError, apiError } from "../errors.js";
import { publicKey } from "../key-info.js";
import { forgetSecrets } from "../secrets.js";
import { registryOf } from "../stubs.js";
import type { KeyPage } from "../types.js";
import { closeAccount, createAccount, findAccount, newSecretOf, toPublic, updateAccount } from "./accounts.js";
import { catalogView, deleteCatalog, putCatalog } from "./catalog.js";
import { createAccountWithKey, createKey, revokeKey, rotateKey, updateKey } from "./keys.js";
import { jobEvents } from "./events.js";
import { overview } from "./overview.js";
import { page } from "./page.js";
import { listOf, readPage } from "./read.js";
import { reconcileManually, reconcilePending } from "./reconcile.js";
import {
  AccountUpdate,
  BulkReconciliation,
  KeyRotationBody,
  KeyUpdate,
  ManualReconciliation,
  NewAccount,
  NewAccountWithKey,
  NewKey,
  SecretRotationBody,
} from "./schemas.js";
import { usageCsv } from "./usage-csv.js";
import { usage } from "./usage.js";
import { cancelAnyVideo, contentOfAnyVideo, deleteAnyVideo, listAllVideos, retrieveAnyVideo } from "./videos.js";

/** As many days as a ledger reports. */
const MAX_DAYS = 92;
const HOUR_MS = 60 * 60_000;
/** Longer than any signed URL, and any job whose webhook is awaited. */
const DEFAULT_SECRET_OVERLAP_MS = 48 * HOUR_MS;

export const admin = new Hono<App>();

const api = new Hono<App>();

api.use(audit, async (c, next) => {
  const { actor, error } = await authenticateAdmin(c.env, c.req.raw.headers);
  if (error) throw new ApiError(error);
  c.set("actor", actor);
  c.header("cache-control", "no-store");
  await next();
});

api.get("/accounts", async (c) =>
  c.json(listOf(await registryOf(c.env).listAccounts(readPage(c)), toPublic)),
);

api.post("/accounts", async (c) => {
  const body = await readBody(c, NewAccount);
  const info = await createAccount(c.env, body);
  c.set("target", info.id);
  return c.json({ ...toPublic(info), ...newSecretOf(info, body) }, 201);
});

api.get("/accounts/:id", async (c) => c.json(toPublic(await findAccount(c.env, c.req.param("id")))));

api.patch("/accounts/:id", async (c) => {
  const body = await readBody(c, AccountUpdate);
  const info = await updateAccount(c.env, c.req.param("id"), body);
  return c.json({ ...toPublic(info), ...newSecretOf(info, body) });
});

api.post("/accounts/:id/close", async (c) =>
  c.json(toPublic(await closeAccount(c.env, c.req.param("id")))),
);

api.get("/accounts/:id/videos", async (c) => {
  const { id } = await findAccount(c.env, c.req.param("id"));
  return listVideosOf(c, { account: id });
});

api.get("/accounts/:id/keys", async (c) => {
  const { id } = await findAccount(c.env, c.req.param("id"));
  return c.json(listOf(await registryOf(c.env).listKeys({ ...keyPageOf(c), account: id }), publicKey));
});

api.post("/accounts/:id/keys", async (c) => {
  const body = await readBody(c, NewKey);
  const { id } = await findAccount(c.env, c.req.param("id"));
  const made = await createKey(c.env, id, body);
  c.set("target", made.id);
  return c.json(made, 201);
});

api.get("/keys", async (c) =>
  c.json(listOf(await registryOf(c.env).listKeys(keyPageOf(c)), publicKey)),
);

api.post("/keys", async (c) => {
  const made = await createAccountWithKey(c.env, await readBody(c, NewAccountWithKey));
  c.set("target", made.id);
  return c.json(made, 201);
});

api.patch("/keys/:id", async (c) =>
  c.json(await updateKey(c.env, c.req.param("id"), await readBody(c, KeyUpdate))),
);

api.delete("/keys/:id", async (c) => c.json(await revokeKey(c.env, c.req.param("id"))));

api.post("/keys/:id/rotate", async (c) => {
  const made = await rotateKey(c.env, c.req.param("id"), await readBody(c, KeyRotationBody));
  c.set("audited", { made: made.id });
  return c.json(made, 201);
});

api.post("/secrets/rotate", async (c) => {
  const { overlapHours: overlapMs = DEFAULT_SECRET_OVERLAP_MS } = await readBody(c, SecretRotationBody);
  const { rotatedAt } = await registryOf(c.env).rotateSecrets(overlapMs);
  forgetSecrets();
  return c.json({ object: "secrets.rotated", rotatedAt, overlapHours: overlapMs / HOUR_MS });
});

api.get("/overview", async (c) => c.json(await overview(c.env, daysIn(c))));
api.get("/usage.csv", usageCsv);
api.get("/models", (c) =>
  c.json({ object: "list", data: models().map(({ id, name }) => ({ id, name })), has_more: false, last_id: null }),
);
api.get("/usage", async (c) => c.json(await usage(c.env, readPage(c))));

api.get("/catalog", async (c) => c.json(await catalogView(c.env)));
api.put("/catalog", async (c) => c.json(await putCatalog(c)));
api.delete("/catalog", async (c) => c.json(await deleteCatalog(c)));

api.get("/videos", listAllVideos);
api.get("/videos/:id", retrieveAnyVideo).delete(deleteAnyVideo);
api.get("/videos/:id/content", contentOfAnyVideo);
api.post("/videos/:id/cancel", cancelAnyVideo);
api.get("/events", (c) => jobEvents(c.env, c.req.header("last-event-id")));

api.post("/videos/:id/reconcile", async (c) => {
  const id = c.req.param("id");
  await reconcileManually(c.env, id, await readBody(c, ManualReconciliation));
  return c.json({ id, object: "video.reconciled", reconciled: true });
});

api.post("/reconcile", async (c) => {
  const body = await readBody(c, BulkReconciliation);
  if (body.dryRun) c.set("audited", { isDryRun: true });
  return c.json(await reconcilePending(c.env, body));
});

function daysIn(c: Call): number {
  const days = c.req.query("days") ?? "30";
  if (/^[1-9]\d?$/.test(days) && Number(days) <= MAX_DAYS) return Number(days);
  throw apiError("invalid_request", `days must be from 1 to ${MAX_DAYS}.`, { param: "days" });
}

function keyPageOf(c: Call): KeyPage {
  const state = oneOf(c, "state", ["active", "revoked", "expired"]);
  const minted = oneOf(c, "minted", ["true", "false"]);
  return { ...readPage(c), state, minted: minted && minted === "true" };
}

/** A parameter's value, if it is there. @throws {ApiError} if it is none of these. */
function oneOf<T extends string>(c: Call, param: string, values: T[]): T | undefined {
  const given = c.req.query(param);
  const known = values.find((one) => one === given);
  if (given === undefined || known) return known;
  throw apiError("invalid_request", `${param} must be one of ${values.join(", ")}.`, { param });
}

refuseOtherMethods(api);
admin.route("/api", api);
admin.route("/", page);
