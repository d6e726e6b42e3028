// Short-lived API keys: an app's server holds a key of the scope `mint`, and gives each of its visitors a key.
import * as v from "valibot";
import { apiError } from "../errors.js";
import { publicKey } from "../key-info.js";
import { generateKey } from "../key-text.js";
import { accountOf, registryOf } from "../stubs.js";
import type { Caller, KeyInfo } from "../types.js";
import { logChange } from "./audit.js";
import type { Call } from "./context.js";
import { callerOf } from "./context.js";
import { models, name, retentionDays, usd, user } from "./fields.js";
import { readBody } from "./schema-body.js";

const SECOND_MS = 1_000;
const DEFAULT_SECONDS = 60 * 60;
const MAX_SECONDS = 24 * 60 * 60;

const scope = v.picklist(["create", "read"], "must be create or read");

const MintedKey = v.strictObject({
  name: v.optional(name),
  scopes: v.optional(v.pipe(v.array(scope, "must be a list of scopes"), v.minLength(1, "must contain a scope"))),
  expiresInSeconds: v.optional(
    v.pipe(
      v.number("must be a number of seconds"),
      v.integer("must be an integer"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(MAX_SECONDS, `must be at most ${MAX_SECONDS}`),
    ),
  ),
  models: v.optional(models),
  maxSpendUsd: v.optional(usd),
  user: v.optional(user),
  retentionDays: v.optional(retentionDays),
});

type MintedKeyBody = v.InferOutput<typeof MintedKey>;

export async function mintKey(c: Call): Promise<Response> {
  const caller = await callerOf(c, "READ_LIMITER", "mint");
  const body = await readBody(c, MintedKey);
  const { text, ...hashed } = await generateKey(caller.account.id);
  const info: KeyInfo = { ...hashed, ...grantOf(caller, body) };
  // Listed before it grants access: every working key is visible.
  await registryOf(c.env).putKey(info);
  if (!(await accountOf(c.env, info.accountId).addKey(info))) {
    throw apiError("invalid_token", "This API key may not create keys any more. Ask your admin for a new one.");
  }
  c.set("target", info.id);
  logChange(c, 201);
  return c.json({ key: text, ...publicKey(info) }, 201, { "cache-control": "no-store" });
}

/** Never more than the minting key has. */
function grantOf({ key, account }: Caller, body: MintedKeyBody): Omit<KeyInfo, "id" | "hash"> {
  const { scopes = ["create", "read"], expiresInSeconds = DEFAULT_SECONDS, maxSpendUsd } = body;
  const createdAt = Date.now();
  const owned = userOf(key, body.user);
  const granted = modelsOf({ key, account }, body.models);
  const days = Math.min(body.retentionDays ?? Infinity, key.retentionDays ?? Infinity);
  return {
    accountId: account.id,
    name: body.name ?? key.name,
    scopes: [...new Set(scopes)],
    createdAt,
    expiresAt: Math.min(createdAt + expiresInSeconds * SECOND_MS, key.expiresAt ?? Infinity),
    mintedBy: key.id,
    ...(granted && { models: granted }),
    ...(maxSpendUsd !== undefined && { maxSpendMicroUsd: maxSpendUsd }),
    ...(owned !== undefined && { user: owned }),
    ...(days < Infinity && { retentionDays: days }),
  };
}

function userOf({ user: own }: KeyInfo, asked: string | undefined): string | undefined {
  if (own === undefined || asked === undefined || own === asked) return own ?? asked;
  throw apiError("invalid_request", "This API key belongs to one user, and creates keys for no other.", { param: "user" });
}

function modelsOf({ key, account }: Caller, asked: string[] | undefined): string[] | undefined {
  const own = key.models ?? account.models;
  const foreign = asked?.find((model) => (own ? !own.includes(model) : model.includes(":")));
  if (foreign === undefined) return asked ?? key.models;
  throw apiError("model_not_allowed", `This API key does not allow \`${foreign}\`, so its keys cannot.`, { param: "models" });
}
