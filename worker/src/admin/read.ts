// The parameters of an admin's lists, and their answers.
import type { Call } from "../api/context.js";
import { apiError } from "../errors.js";
import type { Listed, RegistryPage } from "../types.js";

const MAX_SEARCH_CHARS = 100;

/** The requested page of a list: the entries after an id, how many, and a text to search for. */
export type ListRequest = RegistryPage;

export function readPage(call: Call): ListRequest {
  const limit = call.req.query("limit") ?? "100";
  if (!/^([1-9]\d?|100)$/.test(limit)) {
    throw apiError("invalid_request", "limit must be from 1 to 100.", { param: "limit" });
  }
  const search = call.req.query("search");
  if (search !== undefined && search.length > MAX_SEARCH_CHARS) {
    throw apiError("invalid_request", `search must have at most ${MAX_SEARCH_CHARS} characters.`, { param: "search" });
  }
  return { limit: Number(limit), after: call.req.query("after"), search };
}

/** @throws {ApiError} if the entry of `after` is unknown. */
export function listed<T>(page: Listed<T>): { data: T[]; hasMore: boolean } {
  if (page) return page;
  throw apiError("invalid_request", "`after` must be an id of this list.", { param: "after" });
}

/** A page of a list as it is answered. */
export function listOf<T extends { id: string }>(page: Listed<T>, toPublic: (entry: T) => object) {
  const { data, hasMore } = listed(page);
  return { object: "list", data: data.map(toPublic), has_more: hasMore, last_id: data.at(-1)?.id ?? null };
}
