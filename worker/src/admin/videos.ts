// A token's jobs, and the settling of those that nobody else can settle.
import type * as v from "valibot";
import { noSuchVideo, refused } from "../api/errors.js";
import type { Env } from "../env.js";
import { type Settlement, jobIdOf, videoId } from "../shapes.js";
import type { SettleByHand } from "./bodies.js";
import type { Wanted } from "./read.js";
import { accountOf, findToken } from "./tokens.js";

/** Newest first, as the token itself sees them. */
export async function videosOf(env: Env, hash: string, { after, limit }: Wanted) {
  const index = env.INDEXES.get(env.INDEXES.idFromName(hash));
  const from = after === undefined ? undefined : (jobIdOf(after) ?? "");
  const page = await index.list({
    limit,
    order: "desc",
    ...(from !== undefined && { after: from }),
  });
  if (!page) throw refused("invalid_request", "There is no such video.", { param: "after" });
  const texts: (string | undefined)[] = await Promise.all(page.entries.map(({ jobId }) => jobOf(env, jobId).read(hash)));
  const last = page.entries.at(-1);
  return {
    object: "list",
    data: texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as unknown),
    last_id: last ? videoId(last.jobId) : null,
    has_more: page.hasMore,
  };
}

/** Asks the job to settle itself; where it was erased, its account. */
export async function settleByHand(
  env: Env,
  video: string,
  { costUsd, token }: v.InferOutput<typeof SettleByHand>,
): Promise<void> {
  const settlement: Settlement =
    costUsd === null
      ? { kind: "free" }
      : { kind: "spent", microUsd: costUsd, isEstimate: false };
  const jobId = jobIdOf(video);
  if (jobId === undefined) throw noSuchVideo();
  if (await jobOf(env, jobId).settleByHand(settlement)) return;
  if (token === undefined) throw noSuchVideo();
  const { hash } = await findToken(env, token);
  const booked = await accountOf(env, hash).settle(jobId, settlement);
  if (booked === "unknown") throw noSuchVideo();
}

function jobOf(env: Env, jobId: string) {
  try {
    return env.JOBS.get(env.JOBS.idFromString(jobId));
  } catch {
    // It has the form of an id, and the engine did not make it.
    throw noSuchVideo();
  }
}
