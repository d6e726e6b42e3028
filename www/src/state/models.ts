// The catalog: it arrives before the form is shown, and does not change.

import { signal } from "@preact/signals";
import type { Listing, Model } from "filmgate";

/** What the page's form needs of a model. `fromUsd`: the lowest price of a second, if one is known. */
export interface PageModel extends Pick<Model, "id" | "name" | "creator"> {
  listings: PageListing[];
  fromUsd?: number;
}

export type PageListing = Pick<Listing, "provider" | "providerModelId" | "modes" | "params" | "status">;

export const models = signal<readonly PageModel[]>([]);

export const modelOf = (id: string): PageModel | undefined => models.value.find((model) => model.id === id);

export const modelName = (id: string): string => modelOf(id)?.name ?? id;

export const isRetired = ({ status }: Pick<Listing, "status">): boolean => status.state === "retired";

/** The listings that the form is for: a model's, or every one that is not retired. */
export function listingsOf(id: string): readonly PageListing[] {
  const model = modelOf(id);
  if (model) return model.listings;
  return models.value.flatMap(({ listings }) => listings).filter((listing) => !isRetired(listing));
}
