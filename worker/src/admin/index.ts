// The admin's calls and page. Whoever holds ADMIN_TOKEN may all of it.
import { Hono } from "hono/tiny";
import type { App } from "../api/context.js";
import { refused } from "../api/errors.js";
import { videosOf } from "../api/videos.js";
import { isAdmin } from "../auth.js";
import { registryOf } from "../stubs.js";
import { NewToken, SettleByHand, TokenChange } from "./schemas.js";
import { page } from "./page.js";
import { readBody, readPage } from "./read.js";
import { report } from "./usage.js";
import { changeToken, findToken, makeToken, revokeToken, shown } from "./keys.js";
import { settleByHand } from "./reconcile.js";

export const admin = new Hono<App>();

const api = new Hono<App>();

api.use(async (context, next) => {
  if (!(await isAdmin(context.env, context.req.header("authorization")))) {
    throw refused("invalid_token", "This is the admin's: send `Authorization: Bearer <ADMIN_TOKEN>`.");
  }
  context.header("cache-control", "no-store");
  await next();
});

api.post("/keys", async (context) =>
  context.json(await makeToken(context.env, await readBody(context, NewToken)), 201),
);

api.get("/keys", async (context) => {
  const tokens = await registryOf(context.env).list();
  return context.json({ object: "list", data: tokens.map(shown) });
});

api.patch("/keys/:id", async (context) => {
  const body = await readBody(context, TokenChange);
  return context.json(await changeToken(context.env, context.req.param("id"), body));
});

api.delete("/keys/:id", async (context) =>
  context.json(await revokeToken(context.env, context.req.param("id"))),
);

api.get("/keys/:id/videos", async (context) => {
  const { hash } = await findToken(context.env, context.req.param("id"));
  return videosOf(context, hash);
});

api.get("/usage", async (context) =>
  context.json(await report(context.env, readPage(context))),
);

api.post("/videos/:id/reconcile", async (context) => {
  const body = await readBody(context, SettleByHand);
  await settleByHand(context.env, context.req.param("id"), body);
  return context.json({ id: context.req.param("id"), object: "video.settled", settled: true });
});

admin.route("/api", api);
admin.route("/", page);
