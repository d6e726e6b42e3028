// The issues of `client.validate()` beside their fields. An error of one listing is only a remark while another
// listing accepts the request.

import { computed, signal } from "@preact/signals";
import type { Issue, ListingValidation } from "filmgate";
import { providerName } from "../text/format.js";
import { countErrors } from "../text/quote-text.js";
import { followingPaths, picked, shownFields, touched } from "./draft.js";
import { modelName } from "./models.js";
import { isAny, target, validation } from "./quotes.js";

export interface IssueEntry {
  issue: Issue;
  /** The request cannot be submitted with it. */
  blocks: boolean;
  /** The listing that it concerns, unless it concerns all. */
  scope?: string;
}

/** Whether the user has tried to submit: then a missing field is an issue, too. */
export const attempted = signal(false);

/** The issues of each shown field; those of the whole request under "". */
export const issues = computed<ReadonlyMap<string, readonly IssueEntry[]>>(() => {
  const byField = new Map<string, IssueEntry[]>();
  for (const entry of relevantIssues()) {
    const path = fieldOf(entry.issue.path);
    const isUntold = entry.issue.code === "required" && !attempted.value && !touched.value.has(path);
    // A default that does not count for an offer is not the user's wish.
    const isDefault = entry.issue.severity === "warning" && followingPaths().includes(path);
    if (!isUntold && !isDefault) byField.set(path, [...(byField.get(path) ?? []), entry]);
  }
  return byField;
});

export const isInvalid = (path: string): boolean => issues.value.get(path)?.some(({ blocks }) => blocks) === true;

/** Each relevant issue once. If no listing accepts the request, the closest one is relevant. */
function relevantIssues(): IssueEntry[] {
  const result = validation.value;
  if (!result) return [];
  const listings = relevantListings(result.listings);
  const isPossible = listings.some(({ ok }) => ok);
  const found = new Map<string, IssueEntry>();
  const add = (issue: Issue, scope: string | undefined, blocks: boolean) => {
    const key = JSON.stringify([issue.path, issue.code, issue.message]);
    found.set(key, { issue, blocks, scope: found.has(key) ? undefined : scope });
  };
  for (const issue of result.issues) add(issue, undefined, issue.severity === "error");
  for (const { provider, model, ok, issues: own } of listings) {
    const scope = isAny.value ? modelName(model) : providerName(provider);
    for (const issue of own) {
      const isError = issue.severity === "error";
      // Retirement is shown beside the model; warnings of a listing with errors are irrelevant.
      if (issue.code === "deprecated_model" || (!isError && !ok && isPossible)) continue;
      add(issue, scope, isError && !isPossible);
    }
  }
  return [...found.values()];
}

/** Those of what would be submitted. Of a provider's listings of one model, only the closest. */
function relevantListings(listings: ListingValidation[]): ListingValidation[] {
  const { model } = target.value;
  // Until one is chosen, both providers of a model matter.
  const provider = !isAny.value && picked.value === "cheapest" ? "cheapest" : target.value.provider;
  const ordered = listings.toSorted((a, b) => countErrors(a) - countErrors(b));
  if (isAny.value && model === undefined) return ordered.slice(0, 1);
  const wanted = ordered.filter(
    (listing) =>
      (model === undefined || listing.model === model) && (provider === "cheapest" || listing.provider === provider),
  );
  return wanted.filter((listing) => wanted.find((other) => other.provider === listing.provider) === listing);
}

/** The field that a path belongs to: its own, or the nearest one around it. */
function fieldOf(path: string): string {
  const names = path.split(/[.[]/);
  for (let length = names.length; length > 0; length -= 1) {
    const name = names.slice(0, length).join(".");
    if (shownFields.value.has(name) || name === "model" || name === "allowInlineImages") return name;
  }
  return "";
}
