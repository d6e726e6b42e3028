// The videos of all accounts, for an admin: list, retrieve, cancel, delete, download.
import type { Call } from "../api/context.js";
import { jobOfVideo } from "../api/context.js";
import { contentOf } from "../api/content.js";
import { cancelVideoOf, deleteVideoOf } from "../api/videos.js";
import { listedVideo, listOf, pageOf, unknownCursor } from "../api/video-list.js";
import type { Env } from "../env.js";
import { apiError, videoNotFound } from "../errors.js";
import { accountsOf, askAccounts, lacking } from "../accounts.js";
import type { AccountInfo, IndexEntry, IndexFilter, Page } from "../types.js";

/** An entry of the list of an account. */
interface Found {
  account: AccountInfo;
  entry: IndexEntry;
}

/** Newest first. `account`, `key`, `model`, `status` and `search` (in id and prompt) filter. */
export async function listAllVideos(c: Call): Promise<Response> {
  const { env } = c;
  const wanted = c.req.query("account");
  const accounts = (await accountsOf(env)).filter(({ id }) => wanted === undefined || id === wanted);
  const page = await positioned(env, accounts, { ...pageOf(c), filter: filterOf(c) });
  const { found, hasMore, unreadable } = await merged(env, accounts, page);
  const videos = await Promise.all(found.map(({ account, entry }) => adminVideo(env, account.id, entry)));
  return c.json({ ...listOf(videos, hasMore), ...lacking(unreadable) });
}

/** A video of a list, as an admin sees it. */
export async function adminVideo(env: Env, accountId: string, entry: IndexEntry) {
  return withBilling({ ...(await listedVideo(env, entry)), accountId, keyId: entry.keyId });
}

export async function retrieveAnyVideo(c: Call): Promise<Response> {
  const job = jobOfVideo(c.env, c.req.param("id") ?? "");
  const [text, info] = await Promise.all([job.read(null), job.info(null)]);
  if (text === undefined || !info) throw videoNotFound();
  const video = JSON.parse(text) as { filmgate?: { billing?: unknown } };
  const { owner, keyId, user } = info.spec;
  return c.json(withBilling({ ...video, accountId: owner, keyId, ...(user !== undefined && { user }) }));
}

export const deleteAnyVideo = (c: Call): Promise<Response> => deleteVideoOf(c, null);
export const cancelAnyVideo = (c: Call): Promise<Response> => cancelVideoOf(c, null);

export async function contentOfAnyVideo(c: Call): Promise<Response> {
  return contentOf(c, jobOfVideo(c.env, c.req.param("id") ?? ""), null);
}

/** What the job cost, beside the video, too. */
function withBilling<T extends object>(video: T): T & { billing: unknown } {
  const { filmgate } = video as { filmgate?: { billing?: unknown } };
  const { billing = null } = filmgate ?? {};
  return { ...video, billing };
}

const STATUSES = ["queued", "in_progress", "completed", "failed"];

/** @throws {ApiError} if no video can have that status. */
function filterOf(c: Call): IndexFilter {
  const status = c.req.query("status");
  if (status && !STATUSES.includes(status)) {
    throw apiError("invalid_request", `status must be one of ${STATUSES.join(", ")}.`, { param: "status" });
  }
  const query = { keyId: "key", model: "model", status: "status", search: "search" } as const;
  const given = Object.entries(query).map(([name, param]) => [name, c.req.query(param)]);
  return Object.fromEntries(given.filter(([, value]) => value)) as IndexFilter;
}

/** The page with the position of its cursor, which one of the indexes knows. */
async function positioned(env: Env, accounts: AccountInfo[], { after, ...page }: Page): Promise<Page> {
  if (after === undefined) return page;
  const { found } = await askAccounts(env, "jobIndex", "positionOf")(accounts, () => [after]);
  const start = found.find(({ value }) => value !== undefined)?.value;
  if (!start) throw unknownCursor();
  return { ...page, start };
}

/** The same page of each account, merged. */
async function merged(env: Env, accounts: AccountInfo[], page: Page) {
  const { found: pages, unreadable } = await askAccounts(env, "jobIndex", "list")(accounts, () => [page]);
  const direction = page.order === "asc" ? 1 : -1;
  const all = pages
    .flatMap(({ info: account, value }): Found[] => (value?.entries ?? []).map((entry) => ({ account, entry })))
    .sort((a, b) => direction * byAge(a.entry, b.entry));
  const hasMore = all.length > page.limit || pages.some(({ value }) => value?.hasMore);
  return { found: all.slice(0, page.limit), hasMore, unreadable };
}

const byAge = (a: IndexEntry, b: IndexEntry): number =>
  a.createdAt - b.createdAt || (a.jobId < b.jobId ? -1 : 1);
