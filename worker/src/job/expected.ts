// What a job is before anything was sent. Who makes the video is only expected: a submit that is turned away may go to
// another.
import type { Filmgate, Handle, ProviderId, Quote } from "filmgate";
import type { Order } from "../types.js";
import type { State } from "./state.js";

export function newState(film: Filmgate, keyed: ProviderId[], order: Order): State {
  const key = crypto.randomUUID();
  const handle = expectedHandle(film, keyed, order, key);
  return { key, told: { handle, status: "submitting" }, due: {}, failed: {}, videos: [] };
}

/** A handle that finds nothing yet. */
function expectedHandle(
  film: Filmgate,
  keyed: ProviderId[],
  order: Order,
  key: string,
): Handle {
  const { request, provider, createdAt } = order;
  const isOffer = (quote: Quote) => quote.available && keyed.includes(quote.provider);
  const quotes = film.quote(request).filter(isOffer);
  // Quotes come cheapest first.
  const wished: ProviderId[] =
    provider === "cheapest" ? quotes.map((quote) => quote.provider) : [provider].flat();
  const found = wished.flatMap((id) => quotes.filter((quote) => quote.provider === id))[0];
  const { model, providerModelId } = found ?? { model: request.model ?? "", providerModelId: "" };
  const expected = found?.provider ?? wished[0] ?? "runware";
  return { version: 1, provider: expected, model, providerModelId, id: key, n: request.n ?? 1, createdAt };
}
