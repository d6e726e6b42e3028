// What every Durable Object of the gateway is.
import { DurableObject } from "cloudflare:workers";
import { type Env, trimmed } from "./env.js";

/** `this.env` is trimmed, as that of a request. */
export class GatewayObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, trimmed(env));
  }
}
