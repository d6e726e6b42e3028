// Catalogs to put into a gateway.
import { readFileSync } from "node:fs";

const BUILT_IN = JSON.parse(readFileSync(new URL("../../../pkg/dist/catalog.json", import.meta.url), "utf8"));

export const DATE = "2031-01-02";
export const REQUEST = { model: "dream-9", prompt: "A fox", seconds: "5", size: "1280x720" };

/** A model of the built-in catalog under another id, at that price per second, only from Runware. */
export function model(id, usd) {
  const { name, creator, listings } = structuredClone(BUILT_IN.models.find((one) => one.id === "wan-2.6"));
  const listing = listings.find(({ provider }) => provider === "runware");
  return { id, name, creator, listings: [{ ...listing, prices: [{ usd, per: "second" }] }] };
}

/** A model whose price is none. */
export const broken = (id) => model(id, -1);

export const document = (...models) => ({ version: 1, date: DATE, models });
