// The offers: those that can generate the video, cheapest first; the others with their reasons. With a model, the
// choice is between its providers; without one, between all models at all providers.

import { useSignal } from "@preact/signals";
import type { UnavailableQuote } from "filmgate";
import type { ComponentChildren } from "preact";
import { FixButton } from "../compose/issue-list.js";
import { pickModel } from "../compose/model-field.js";
import { Illustration } from "../shell/illustration.js";
import { Icon, Prose } from "../shell/parts.js";
import { MAX_COMPARED, compared, comparedKeys, isComparing, setComparing, toggleCompared } from "../state/compare.js";
import { picked, values } from "../state/draft.js";
import { modelName } from "../state/models.js";
import { displaced, eligible, fallsBack, groups, hasKey, isAny, quoteFailure, quotes, selected, valueOf } from "../state/quotes.js";
import type { OpenQuote, QuoteGroup } from "../state/quotes.js";
import { PROVIDERS, gatewayOf, isGatewayUrl } from "../state/settings.js";
import { focusById, isSideOpen } from "../state/ui.js";
import { providerName } from "../text/format.js";
import { describeError } from "../text/messages.js";
import type { ShownError } from "../text/messages.js";
import { availableReasons, countErrors, issueText, perSecondText, priceText, sortErrors, unavailableText } from "../text/quote-text.js";

// Further rows are collapsed.
const MAX_OPEN_ROWS = 6;

export function Offers() {
  if (quotes.value === undefined) return <Skeleton />;
  if (quoteFailure.value) return <NoPrices failure={quoteFailure.value} />;
  return (
    <div class="offers">
      <Head />
      <Displaced />
      <fieldset class="quotes" id="quotes" onChange={onChange}>
        <legend class="hidden">Offer</legend>
        {isAny.value ? <ComparedRows /> : <ModelRows />}
      </fieldset>
      <Unavailable />
    </div>
  );
}

/** A gateway that does not price: why, and where that is mended. */
function NoPrices({ failure }: { failure: ShownError }) {
  const { message, advice } = describeError(failure, undefined, {});
  const openMenu = () => {
    isSideOpen.value = false;
    const { url } = gatewayOf();
    focusById(isGatewayUrl(url) ? "gateway-api-key" : "gateway-url");
  };
  return (
    <div class="offers no-prices">
      <Illustration name={failure.code} />
      <p role="status">{message} {advice.text}</p>
      <button type="button" onClick={openMenu}>Open the environment menu</button>
    </div>
  );
}

function onChange({ target }: Event): void {
  const input = target as HTMLInputElement;
  if (input.type === "radio") picked.value = input.value;
}

function Head() {
  const available = groups.value.reduce((sum, group) => sum + group.available.length, 0);
  const all = groups.value.reduce((sum, group) => sum + group.available.length + group.unavailable.length, 0);
  return (
    <div class="offers-head">
      <p class="hint" id="quotes-count" role="status">
        {isAny.value && (available > 0 ? `${available} of ${all} listings can generate this video.` : "No listing accepts this request as it is.")}
      </p>
      {eligible.value.length > 1 && (
        <label class="checkbox">
          <input type="checkbox" id="compare" checked={isComparing.value} onChange={({ currentTarget }) => setComparing(currentTarget.checked)} />
          Compare
        </label>
      )}
      {isComparing.value && <p class="hint">Tick two to four offers: they are generated side by side.</p>}
    </div>
  );
}

/** A row for each provider of the model, in a fixed order; before them, whichever is cheaper. */
function ModelRows() {
  const ordered = PROVIDERS.flatMap((id) => groups.value.filter(({ provider }) => provider === id));
  return (
    <>
      {eligible.value.length > 1 && !isComparing.value && <CheapestRow />}
      <div class="quotes" id="quote-rows">{ordered.map((group) => <Row key={group.key} group={group} />)}</div>
    </>
  );
}

/** The cheaper provider; the other one only if the first rejects the request. */
function CheapestRow() {
  const [best, other] = eligible.value;
  if (!best || !other) return null;
  return (
    <div class="quote" data-quote="cheapest">
      <label>
        <input type="radio" name="provider" value="cheapest" checked={fallsBack.value} />
        <span class="quote-name"><strong>Cheapest</strong></span>
        <output class="price" id="price-cheapest">{`${providerName(best.provider)}, ${priceText(best.available[0])}`}</output>
      </label>
      <p class="hint">{`${providerName(other.provider)}, ${priceText(other.available[0])}, only if ${providerName(best.provider)} rejects it.`}</p>
    </div>
  );
}

/** The cheapest rows, and the other available ones collapsed. */
function ComparedRows() {
  const available = groups.value.filter((group) => group.available.length > 0);
  const lost = groups.value.filter((group) => group.available.length === 0 && group.key === picked.value);
  const open = [...lost, ...available.slice(0, MAX_OPEN_ROWS)];
  const collapsed = available.slice(MAX_OPEN_ROWS);
  return (
    <div class="quotes" id="quote-rows">
      {open.map((group) => <Row key={group.key} group={group} />)}
      {collapsed.length > 0 && (
        <Collapsed id="quotes-more" summary={`${collapsed.length} more available`} isOpen={collapsed.some(({ key }) => key === picked.value)}>
          {() => collapsed.map((group) => <Row key={group.key} group={group} />)}
        </Collapsed>
      )}
    </div>
  );
}

/** What is not seen before it is opened, and is not drawn before. */
function Collapsed({ id, summary, isOpen = false, children }: {
  id: string;
  summary: string;
  isOpen?: boolean;
  children(): ComponentChildren;
}) {
  const isShown = useSignal(isOpen);
  const onToggle = (event: Event) => (isShown.value = (event.currentTarget as HTMLDetailsElement).open);
  return (
    <details id={id} open={isOpen || undefined} onToggle={onToggle}>
      <summary>{summary}</summary>
      {(isOpen || isShown.value) && children()}
    </details>
  );
}

/** The cheapest offer is another one now, and why. */
function Displaced() {
  const group = displaced.value;
  const [quote] = group?.unavailable ?? [];
  if (!group || !quote) return null;
  return (
    <p class="notice" id="displaced" role="status">
      <Prose text={`${modelName(group.model)} at ${providerName(group.provider)} was the cheapest. Now it needs something else: ${unavailableText(quote)}`} />
    </p>
  );
}

function Row({ group }: { group: QuoteGroup }) {
  const value = valueOf(group);
  const [quote] = group.available;
  const isBest = group === eligible.value[0] && isCheaper(quote, eligible.value[1]?.available[0]);
  const each = perSecondText(quote, Number(values.value["duration"]));
  return (
    <div class="quote" data-quote={value} data-selected={isSelected(group) ? "" : undefined}>
      <label>
        <Picker group={group} value={value} />
        <span class="quote-name">
          <strong>{isAny.value ? modelName(group.model) : providerName(group.provider)}</strong>
          <span class="tags">
            {isAny.value && <span class="tag">{providerName(group.provider)}</span>}
            {isAny.value && group.retired && <span class="tag warn">retired</span>}
            {!hasKey(group.provider) && <span class="tag warn">no key</span>}
            {isBest && <span class="tag good">cheapest</span>}
          </span>
        </span>
        <span class="price" id={`price-${value}`}>
          {priceText(quote)}
          {each && <small>{each}</small>}
        </span>
      </label>
      <Why group={group} value={value} />
    </div>
  );
}

/** Whether a price is known, and lower than its rival's. */
const isCheaper = (quote: OpenQuote | undefined, rival: OpenQuote | undefined): boolean =>
  quote !== undefined && "maxUsd" in quote && rival !== undefined && !("maxUsd" in rival && rival.maxUsd <= quote.maxUsd);

const isSelected = (group: QuoteGroup): boolean =>
  isComparing.value ? comparedKeys.value.includes(group.key) : selected.value === group && !fallsBack.value;

function Picker({ group, value }: { group: QuoteGroup; value: string }) {
  if (!isComparing.value) {
    return <input type="radio" name="provider" value={value} checked={isSelected(group)} aria-describedby={`why-${value}`} />;
  }
  const isFull = compared.value.length >= MAX_COMPARED && !isSelected(group);
  return (
    <input
      type="checkbox"
      name="compared"
      value={group.key}
      checked={isSelected(group)}
      disabled={group.available.length === 0 || isFull}
      onChange={() => toggleCompared(group.key)}
      aria-describedby={`why-${value}`}
    />
  );
}

/** What the price is made of, and what to know before; or why the offer is not available. */
function Why({ group, value }: { group: QuoteGroup; value: string }) {
  const { available, unavailable } = group;
  const [quote] = available;
  if (!quote) return <div class="why" id={`why-${value}`}>{unavailable.map((each) => <Reasons key={each.providerModelId} quote={each} isNamed={unavailable.length > 1} />)}</div>;
  // With a model, warnings are already shown beside the fields.
  const warnings = isAny.value ? quote.warnings : [];
  return (
    <details class="why" id={`why-${value}`}>
      <summary>
        {warnings.length > 0 && <Icon name="warn" />}
        {warnings.length > 0 ? (warnings.length === 1 ? "1 note" : `${warnings.length} notes`) : "Details"}
      </summary>
      {availableReasons(group, isAny.value).map((text) => <p key={text}><Prose text={text} /></p>)}
      {warnings.map(({ message }) => <p key={message} class="warning"><Prose text={message} /></p>)}
      {!isAny.value && unavailable.map((each) => (
        <p key={each.providerModelId}><code>{each.providerModelId}</code>{" unavailable. "}<Prose text={unavailableText(each)} /></p>
      ))}
    </details>
  );
}

function Reasons({ quote, isNamed }: { quote: UnavailableQuote; isNamed: boolean }) {
  const { missing, others } = sortErrors(quote);
  return (
    <>
      {isNamed && <p><code>{quote.providerModelId}</code></p>}
      {missing.length > 0 && <p>{`Add: ${missing.join(", ")}.`}</p>}
      {others.map((issue) => (
        <p class="error" key={issue.message}><Prose text={issueText(issue)} /> <FixButton issue={issue} /></p>
      ))}
    </>
  );
}

/** The closest first; a button chooses the model, which shows its issues beside the fields. */
function Unavailable() {
  if (!isAny.value) return null;
  const excluded = groups.value.flatMap((group) => group.unavailable.map((quote) => ({ quote, group })));
  if (excluded.length === 0) return null;
  return (
    <Collapsed id="unavailable" summary={`${excluded.length} need something else`}>
      {() => (
        <ul>
          {excluded.toSorted((a, b) => countErrors(a.quote) - countErrors(b.quote)).map(({ quote, group }) => (
            <li key={`${group.key} ${quote.providerModelId}`} data-unavailable={group.key}>
              <button type="button" class="small" aria-label={`Choose ${modelName(group.model)}`} onClick={() => pickModel(group.model)}>Choose</button>
              <strong>{modelName(group.model)}</strong> <span class="tag">{providerName(group.provider)}</span>
              {group.retired && <span class="tag warn">retired</span>}
              <p><Prose text={unavailableText(quote)} /></p>
            </li>
          ))}
        </ul>
      )}
    </Collapsed>
  );
}

function Skeleton() {
  return (
    <div class="offers" aria-busy="true">
      <p class="hint">Prices are being computed…</p>
      {[0, 1, 2, 3].map((index) => <div class="quote skeleton" key={index} />)}
    </div>
  );
}
