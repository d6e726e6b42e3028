import { FilmgateError } from "../error.js";
import type { Filmgate, Issue, PricedQuote, ProviderChoice, Quote, VideoRequest } from "../types/index.js";
import { toMicroUsd } from "../util/micro-usd.js";

/** What a request costs, in micro-dollars. */
export interface ItemQuote {
  /** Lower end of the listing that is tried first. */
  min: number;
  /** Upper ends to reserve, one after the other: a listing may turn out to have no API key. Ascending, at least one. */
  limits: [number, ...number[]];
}

/**
 * Quotes all requests, offline.
 *
 * @throws FilmgateError `invalid_request` with the issues of all requests that are invalid or have no known price; a path
 * starts with `requests.<index>`
 */
export function quoteAll(client: Filmgate, requests: readonly VideoRequest[], provider: ProviderChoice): ItemQuote[] {
  const issues: Issue[] = [];
  const quotes = requests.map((request, index) => {
    const quoted = client.quote(request, { details: true });
    const quote = hasModel(request) ? itemQuote(quoted, provider) : undefined;
    if (!quote) issues.push(...issuesOf(client, request, quoted).map((issue) => at(index, issue)));
    return quote;
  });
  if (issues.length === 0) return quotes.filter((quote) => quote !== undefined);
  const message = `${issues[0]?.message} Nothing was sent: \`issues\` has the problems of all requests.`;
  throw new FilmgateError({ code: "invalid_request", message, issues });
}

const MISSING_MODEL: Issue = {
  severity: "error",
  path: "model",
  code: "required",
  message: "`model` is required: a batch submits each request to one model.",
};

/** What is not an object is left to `validate`. */
const hasModel = (request: unknown): boolean =>
  typeof request !== "object" || request === null || (request as VideoRequest).model !== undefined;

function itemQuote(quotes: readonly Quote[], choice: ProviderChoice): ItemQuote | undefined {
  const order: readonly string[] = choice === "cheapest" ? [] : [choice].flat();
  const rank = ({ provider }: PricedQuote) => order.indexOf(provider);
  const usable = quotes.filter(isLimited).filter((quote) => order.length === 0 || rank(quote) >= 0);
  const [first, ...others] = usable.sort((a, b) => rank(a) - rank(b) || a.maxUsd - b.maxUsd);
  if (!first) return undefined;
  const limit = toMicroUsd(first.maxUsd);
  const higher = others.map(({ maxUsd }) => toMicroUsd(maxUsd)).filter((other) => other > limit);
  const ascending = [...new Set(higher)].sort((a, b) => a - b);
  return { min: toMicroUsd(first.minUsd), limits: [limit, ...ascending] };
}

/** Whether `maxCostUsd` can hold it: a price that the provider has published. */
function isLimited(quote: Quote): quote is Exclude<Quote, { available: false } | { basis: "unknown" }> {
  return quote.available && quote.basis !== "unknown" && quote.evidence?.firstParty !== false;
}

function issuesOf(client: Filmgate, request: VideoRequest, quotes: readonly Quote[]): Issue[] {
  if (!hasModel(request)) return [MISSING_MODEL];
  const { ok, issues, listings } = client.validate(request);
  const errors = [...issues, ...(listings[0]?.issues ?? [])].filter(({ severity }) => severity === "error");
  if (!ok && errors.length > 0) return [...new Map(errors.map((issue) => [issue.path + issue.code, issue])).values()];
  const priced = quotes.some(isLimited);
  const message = priced
    ? "No listing of the chosen `provider` accepts this request. Choose another one."
    : "This request has no published price, so that no budget can hold it. Choose another model.";
  return [{ severity: "error", path: "", code: "unsupported", message }];
}

const at = (index: number, issue: Issue): Issue => ({
  ...issue,
  path: issue.path ? `requests.${index}.${issue.path}` : `requests.${index}`,
});
