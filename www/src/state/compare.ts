// Offers that are generated side by side.

import { computed, signal } from "@preact/signals";
import { eligible, highestOf } from "./quotes.js";
import type { QuoteGroup } from "./quotes.js";

export const MAX_COMPARED = 4;

export const isComparing = signal(false);
/** The keys of the ticked offers. */
export const comparedKeys = signal<readonly string[]>([]);

/** The ticked offers that can generate the video. */
export const compared = computed<readonly QuoteGroup[]>(() =>
  eligible.value.filter(({ key }) => comparedKeys.value.includes(key)),
);

/** What one of them costs at most; NaN if that is unknown. */
export const offerUsd = ({ available }: QuoteGroup): number => highestOf(available);

/** What they cost together at most, exact to the micro-dollar; NaN if that is unknown. */
export const comparedUsd = computed(() => Math.round(compared.value.reduce((sum, group) => sum + offerUsd(group), 0) * 1e6) / 1e6);

export function toggleCompared(key: string): void {
  const keys = comparedKeys.value.filter((known) => eligible.value.some((group) => group.key === known));
  if (keys.includes(key)) comparedKeys.value = keys.filter((other) => other !== key);
  else if (keys.length < MAX_COMPARED) comparedKeys.value = [...keys, key];
}

/** Starts with the two cheapest offers ticked, or ends. */
export function setComparing(wanted: boolean): void {
  isComparing.value = wanted;
  comparedKeys.value = wanted ? eligible.value.slice(0, 2).map(({ key }) => key) : [];
}
