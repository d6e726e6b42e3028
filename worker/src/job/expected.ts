// Who is expected to make a video, as long as nobody was asked: a submit that is turned away may go to another.
import type { Filmgate, Handle, ProviderId, Quote } from "filmgate";
import type { Order } from "../shapes.js";

/** A handle that finds nothing yet. */
export function expectedHandle(
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
  const { model, wireId } = found ?? { model: request.model ?? "", wireId: "" };
  const expected = found?.provider ?? wished[0] ?? "runware";
  return { version: 1, provider: expected, model, wireId, key, n: request.n ?? 1, createdAt };
}
