// The catalog, read out of the module once for each isolate.
import { createFilmgate } from "filmgate";
import type { Listing, Model, Param } from "filmgate";

let known: Model[] | undefined;

export const models = (): Model[] => (known ??= createFilmgate().models());

/** The listings of a model; none where the catalog does not have it. */
export const listingsOf = (model: unknown): Listing[] =>
  models().find(({ id }) => id === model)?.listings ?? [];

export const paramOf = (listing: Listing, field: string): Param | undefined =>
  listing.params.find((param) => param.field === field);
