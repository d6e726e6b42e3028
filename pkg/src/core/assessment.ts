// The validation and the prices of a request. Both come from one call, which is remembered for the last request: a form
// asks for both at each keystroke. Results are shared, and so they are frozen.
import type {
  Fix,
  Issue,
  IssueCode,
  Json,
  ListingRef,
  ListingValidation,
  PricedSummary,
  ProviderId,
  Quote,
  QuoteSummary,
  ValidationResult,
} from "../types/index.js";
import * as glue from "../glue.js";
import { deepFreeze } from "../util/freeze.js";
import { callWith } from "./call-with.js";
import { pack } from "./pack.js";
import type { Settings } from "./protocol.js";
import { Values } from "./values.js";

type Asked = Pick<Settings, "allowPrivateHosts" | "catalog">;

// What the module answers: lists with the places that src/plan/assessment.rs names.
type IssueList = [
  severity: Issue["severity"], path: string, code: IssueCode, message: string,
  allowed: Json[] | null, min: number | null, max: number | null, fix: Fix | null,
];
type ListingList = [provider: ProviderId, model: string, providerModelId: string, ok: boolean, issues: IssueList[]];
type QuoteList = [
  at: number, basis?: string, minUsd?: number | null, maxUsd?: number | null,
  lineItems?: [description: string, minUsd: number, maxUsd: number][],
  reason?: string | null, evidence?: [source: string, date: string, firstParty: boolean] | null,
];
type AssessmentList = [issues: IssueList[], listings: ListingList[], quotes: QuoteList[]];

/** A value that is made once. */
type Lazy<T> = () => T;

/** The two results for one request. */
interface Assessed {
  validation: Lazy<ValidationResult>;
  quotes: Lazy<readonly Quote[]>;
}

/** Validates a request for every listing. */
export function validate(request: unknown, settings: Asked): ValidationResult {
  return assess(new Question(request, settings)).validation();
}

/** Prices a request at every listing of its model, or of all models. */
export function quote(request: unknown, settings: Asked): readonly Quote[] {
  return assess(new Question(request, settings)).quotes();
}

/** Prices a request at every listing; in short, if it has no model. */
export function compare(request: unknown, settings: Asked): readonly (Quote | QuoteSummary)[] {
  const question = new Question(request, settings);
  return question.hasModel ? assess(question).quotes() : compareAll(question);
}

/** A request with its settings, encoded. */
class Question {
  readonly values = new Values();
  /** All that the module's answer depends on: it sees no more of a long text than these bytes have. */
  readonly packed: Uint8Array;
  readonly hasModel: boolean;
  readonly settings: Asked;

  constructor(request: unknown, settings: Asked) {
    const raw = this.values.encode(request);
    const { allowPrivateHosts, catalog } = settings;
    this.packed = pack({ request: raw, allowPrivateHosts: Boolean(allowPrivateHosts), catalog: catalog?.number ?? null });
    this.hasModel = (raw as { model?: unknown } | null)?.model != null;
    this.settings = settings;
  }
}

/** A longer question is not kept. */
const MAX_REMEMBERED_BYTES = 1 << 18;

/** A function that remembers its last result, unless that holds a long text of its request. */
function remembered<T>(answer: (question: Question) => T): (question: Question) => T {
  let last: { packed: Uint8Array; result: T } | undefined;
  return (question) => {
    const { packed, values } = question;
    if (last && isSame(last.packed, packed)) return last.result;
    const result = answer(question);
    const isWhole = !values.hasRestored && packed.length <= MAX_REMEMBERED_BYTES;
    last = isWhole ? { packed, result } : undefined;
    return result;
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

const assess = remembered(({ packed, settings, values }): Assessed => {
  const answer = callWith(settings, () => glue.assess(packed));
  const [general, all, prices] = values.decode(answer) as AssessmentList;
  const issues = frozen(general.map((issue) => issueOf(issue)));
  const listings = frozen(all.map(listingOf));
  return {
    validation: once(() => frozen({ ok: listings.some(({ ok }) => ok), issues, listings })),
    quotes: once(() => frozen(prices.map((price) => quoteOf(price, issues, listings[price[0]]!)))),
  };
});

/** Each part is frozen as it is made, which takes a fraction of the time of finding all parts of the whole. */
const frozen = <T>(made: T): T => Object.freeze(made) as T;

function issueOf([severity, path, code, message, allowed, min, max, fix]: IssueList, provider?: ProviderId): Issue {
  const issue: Issue = { severity, path, code, message };
  if (provider) issue.provider = provider;
  if (allowed) issue.allowed = deepFreeze(allowed);
  if (min !== null) issue.min = min;
  if (max !== null) issue.max = max;
  if (fix) issue.fix = deepFreeze(fix);
  return frozen(issue);
}

const listingOf = ([provider, model, providerModelId, ok, issues]: ListingList): ListingValidation =>
  frozen({ provider, model, providerModelId, ok, issues: frozen(issues.map((issue) => issueOf(issue, provider))) });

function once<T>(make: () => T): Lazy<T> {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A quote has the issues of its listing: as warnings, or, after those of the whole request, as what is wrong. */
function quoteOf(price: QuoteList, general: Issue[], { provider, model, providerModelId, issues }: ListingValidation): Quote {
  const [, basis, minUsd, maxUsd, lineItems = [], reason, evidence] = price;
  if (basis === undefined) {
    return frozen({ available: false, provider, model, providerModelId, issues: frozen([...general, ...issues]) });
  }
  const quote: Record<string, unknown> = { available: true, provider, model, providerModelId, basis };
  if (minUsd != null) {
    quote["minUsd"] = minUsd;
    quote["maxUsd"] = maxUsd;
    quote["lineItems"] = frozen(lineItems.map(lineItemOf));
    if (minUsd === maxUsd) quote["totalUsd"] = maxUsd;
  }
  if (reason) quote["reason"] = reason;
  if (evidence) quote["evidence"] = frozen({ source: evidence[0], date: evidence[1], firstParty: evidence[2] });
  quote["warnings"] = issues;
  return frozen(quote as unknown as Quote);
}

const lineItemOf = ([description, minUsd, maxUsd]: [string, number, number]) => frozen({ description, minUsd, maxUsd });

/** The numbers of one listing in a comparison; -1 is none. See `Comparison` in src/plan/comparison.rs. */
const COLUMNS = 7;
const MICROS = 1e6;

const compareAll = remembered(({ packed, settings, values }): readonly QuoteSummary[] => {
  const refs = listingRefs(settings);
  const answer = callWith(settings, () => glue.compare(packed));
  const [given, rows] = answer as [unknown, Float64Array];
  const summaries = new Summaries(values.decode(given) as string[], refs);
  const quotes: QuoteSummary[] = [];
  for (let at = 0; at < rows.length; at += COLUMNS) quotes.push(frozen(summaries.read(rows, at)));
  return frozen(quotes);
});

type SummaryEvidence = NonNullable<PricedSummary["evidence"]>;

/** Reads the rows of a comparison. */
class Summaries {
  readonly #texts: string[];
  readonly #refs: ListingRef[];
  /** By date, those of the provider and others: a few of them serve all quotes. */
  readonly #evidence = [new Map<number, SummaryEvidence>(), new Map<number, SummaryEvidence>()] as const;

  constructor(texts: string[], refs: ListingRef[]) {
    this.#texts = texts;
    this.#refs = refs;
  }

  /** The quote whose numbers begin at this index. */
  read(rows: Float64Array, from: number): QuoteSummary {
    const { provider, model, providerModelId } = this.#refs[rows[from]!]!;
    const [basis, reason] = [rows[from + 1]!, rows[from + 4]!];
    if (basis < 0) return { available: false, provider, model, providerModelId, reason: this.#texts[reason]! };
    if (reason >= 0) {
      return { available: true, provider, model, providerModelId, basis: "unknown", reason: this.#texts[reason]! };
    }
    const [min, max, date] = [rows[from + 2]!, rows[from + 3]!, rows[from + 5]!];
    const quote: PricedSummary = {
      available: true,
      provider,
      model,
      providerModelId,
      basis: this.#texts[basis] as PricedSummary["basis"],
      minUsd: min / MICROS,
      maxUsd: max / MICROS,
    };
    if (min === max) quote.totalUsd = quote.maxUsd;
    if (date >= 0) quote.evidence = this.#evidenceOf(date, rows[from + 6]! > 0);
    return quote;
  }

  #evidenceOf(date: number, firstParty: boolean): SummaryEvidence {
    const known = this.#evidence[firstParty ? 1 : 0];
    let evidence = known.get(date);
    if (!evidence) known.set(date, (evidence = frozen({ date: this.#texts[date]!, firstParty })));
    return evidence;
  }
}

/** The listings of the last catalog, which a comparison refers to. */
let known: { catalog: number | undefined; refs: ListingRef[] } | undefined;

function listingRefs(settings: Asked): ListingRef[] {
  const catalog = settings.catalog?.number;
  if (known && known.catalog === catalog) return known.refs;
  const texts = callWith(settings, () => glue.listingRefs(catalog)) as string[];
  const refs = Array.from({ length: texts.length / 3 }, (_, at) => {
    const [provider, model, providerModelId] = texts.slice(3 * at, 3 * at + 3) as [ProviderId, string, string];
    return { provider, model, providerModelId };
  });
  known = { catalog, refs };
  return refs;
}
