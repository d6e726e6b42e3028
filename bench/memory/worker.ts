// The gateway with a bucket that takes images and keeps none: R2 is no part of an isolate, but the local one would be
// measured with it.
import { default as gateway } from "../../worker/src/index.js";
import type { Env } from "../../worker/src/env.js";

export * from "../../worker/src/index.js";

/** A put in the same region takes about this long. */
const PUT_MS = 50;

/** The binding sends a copy of its own. */
async function put(_: string, bytes: Uint8Array<ArrayBuffer>): Promise<null> {
  const copy = bytes.slice();
  await scheduler.wait(PUT_MS);
  copy.buffer.transfer(0);
  return null;
}

export default {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response> {
    const bucket = new Proxy(env.VIDEO_BUCKET, {
      get: (target, name) =>
        (name === "put" ? put : Reflect.get(target, name).bind(target)),
    });
    return gateway.fetch(request, { ...env, VIDEO_BUCKET: bucket }, ctx);
  },
};
