// The admin API and page. The admin token grants full access.
import { Hono } from "hono/tiny";
import type { App } from "../api/context.js";
import { listVideosOf } from "../api/videos.js";
import { isAdmin } from "../auth.js";
import { apiError } from "../errors.js";
import { registryOf } from "../stubs.js";
import { createKey, findKey, revokeKey, toPublic, updateKey } from "./keys.js";
import { page } from "./page.js";
import { readBody, readPage } from "./read.js";
import { reconcileManually } from "./reconcile.js";
import { KeyUpdate, ManualReconciliation, NewKey } from "./schemas.js";
import { usage } from "./usage.js";

export const admin = new Hono<App>();

const api = new Hono<App>();

api.use(async (context, next) => {
  if (!(await isAdmin(context.env, context.req.header("authorization")))) {
    throw apiError("invalid_token", "This needs the admin token. Send `Authorization: Bearer <ADMIN_TOKEN>`.");
  }
  context.header("cache-control", "no-store");
  await next();
});

api.post("/keys", async (context) =>
  context.json(await createKey(context.env, await readBody(context, NewKey)), 201),
);

api.get("/keys", async (context) => {
  const keys = await registryOf(context.env).list();
  return context.json({ object: "list", data: keys.map(toPublic) });
});

api.patch("/keys/:id", async (context) => {
  const body = await readBody(context, KeyUpdate);
  return context.json(await updateKey(context.env, context.req.param("id"), body));
});

api.delete("/keys/:id", async (context) =>
  context.json(await revokeKey(context.env, context.req.param("id"))),
);

api.get("/keys/:id/videos", async (context) => {
  const { hash } = await findKey(context.env, context.req.param("id"));
  return listVideosOf(context, hash);
});

api.get("/usage", async (context) => context.json(await usage(context.env, readPage(context))));

api.post("/videos/:id/reconcile", async (context) => {
  const id = context.req.param("id");
  await reconcileManually(context.env, id, await readBody(context, ManualReconciliation));
  return context.json({ id, object: "video.reconciled", reconciled: true });
});

admin.route("/api", api);
admin.route("/", page);
