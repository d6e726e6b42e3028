// What takes a job's request: the quotes of the providers that may be tried.
import type { Filmgate, ProviderId } from "filmgate";
import type { JobOffer, JobSpec } from "../types.js";

/** One of each provider that takes the request, in the order in which they are tried. `providers` are those with an API key. */
export function offersOf(client: Filmgate, providers: ProviderId[], { request, provider: choice }: JobSpec): JobOffer[] {
  // Sorted by price.
  const offers = client
    .quote(request, { details: true })
    .filter((quote) => quote.available)
    .filter(({ provider }) => providers.includes(provider));
  const order = choice === "cheapest" ? offers.map(({ provider }) => provider) : [choice].flat();
  return [...new Set(order)].flatMap((id) => offers.find(({ provider }) => provider === id) ?? []);
}
