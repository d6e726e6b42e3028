// The foot of the form: the limit, the offer that is used, and the button. It is always in reach.

import { Icon } from "../shell/parts.js";
import { budget, isBudgetInvalid } from "../state/budget.js";
import { compared, isComparing } from "../state/compare.js";
import { limit } from "../state/draft.js";
import { environment } from "../state/environment.js";
import { modelName } from "../state/models.js";
import { chosenQuote, eligible, hasKey, lacksPrompt, limitIssue, quoteFailure, quotes, selected, target } from "../state/quotes.js";
import { settings } from "../state/settings.js";
import { OFFLINE, cannotSend, isBusy, isSecondPress, submitLabel, submitMessage } from "../state/submit.js";
import { focusById, isSideOpen, sideTab } from "../state/ui.js";
import { money, providerName } from "../text/format.js";
import { perSecondText, priceText } from "../text/quote-text.js";
import { values } from "../state/draft.js";

export function Foot() {
  return (
    <div class="foot">
      <SubmitMessage />
      <ResendNotice />
      <div class="foot-row">
        <OfferSummary />
        <Limit />
      </div>
      <LimitIssue />
      {isBudgetInvalid.value && <p class="notice" id="budget-notice">The budget of the month is not an amount, so it is not checked.</p>}
      {budget.value?.wouldExceed && <p class="notice" id="budget-notice">This would go beyond the budget of the month.</p>}
      <SubmitButton />
    </div>
  );
}

/** Offline is said as long as it is so. */
function SubmitMessage() {
  const text = submitMessage.value === OFFLINE && !cannotSend.value ? undefined : submitMessage.value;
  return <div class="submit-error" id="submit-error" role="alert" hidden={text === undefined}>{text}</div>;
}

/** What is used, and for how much; on a narrow screen it opens the offers. */
function OfferSummary() {
  const open = () => {
    sideTab.value = "offers";
    isSideOpen.value = true;
    requestAnimationFrame(() => focusById("tab-offers"));
  };
  return (
    <button type="button" class="offer-summary" onClick={open}>
      <span class="offer-name"><span class="hidden">Offers: </span>{offerName()}</span>
      <span class="offer-price">{priceLine()}</span>
      <Icon name="down" />
    </button>
  );
}

function offerName(): string {
  const group = selected.value;
  if (quoteFailure.value) return "No offer";
  if (isComparing.value) return compared.value.length === 1 ? "1 offer" : `${compared.value.length} offers`;
  if (group) return modelName(group.model);
  return quotes.value === undefined ? "Prices" : "No offer";
}

/** `From $0.02 / s` before anything is typed. */
function priceLine(): string {
  if (quoteFailure.value) return "No price";
  if (isComparing.value) return compared.value.map(({ model }) => modelName(model)).join(", ");
  const seconds = Number(values.value["duration"]);
  if (quotes.value === undefined || lacksPrompt.value) {
    const cheapest = perSecondText(eligible.value[0]?.available[0], seconds);
    return `From ${cheapest ?? `${money(FROM_USD_PER_SECOND)} / s`}`;
  }
  const group = selected.value;
  return group ? `${providerName(group.provider)} · ${priceText(chosenQuote.value)}` : "none can make it yet";
}

function Limit() {
  return (
    <div class="field limit">
      <label for="limit">Spend at most (US$)</label>
      <input
        id="limit"
        inputMode="decimal"
        placeholder="No limit"
        aria-describedby="limit-issues"
        aria-invalid={limitIssue.value === undefined ? undefined : "true"}
        value={limit.value}
        onInput={({ currentTarget }) => (limit.value = currentTarget.value)}
      />
    </div>
  );
}

function LimitIssue() {
  return (
    <ul class="issues" id="limit-issues">
      {limitIssue.value !== undefined && <li class="error">{limitIssue.value}</li>}
    </ul>
  );
}

function SubmitButton() {
  // The second click of a double click is ignored. The press of a key is a click with a detail of 0.
  const onClick = (event: MouseEvent) => {
    if (event.detail > 1 || (event.detail === 0 && isSecondPress())) event.preventDefault();
  };
  return (
    <button
      type="submit"
      class="primary"
      id="submit"
      aria-disabled={isBusy.value ? "true" : undefined}
      aria-keyshortcuts="Control+Enter Meta+Enter"
      data-loading={quotes.value === undefined ? "" : undefined}
      onClick={onClick}
    >
      {submitLabel}
      <kbd aria-hidden="true">{SHORTCUT}</kbd>
    </button>
  );
}

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘⏎" : "Ctrl ⏎";

/** RunPod over a connection that the browser may send twice on. */
function ResendNotice() {
  const isAsked = environment.value?.mayResend === true && hasKey("runpod") && !environment.value.lacksKey("runpod") && target.value.provider !== "runware";
  return (
    <div class="field" id="resend" hidden={!isAsked}>
      <p class="notice" id="resend-hint">
        RunPod: if the connection breaks, this browser may send a submit twice by itself, and RunPod bills both. Use a
        gateway, or Chromium with an https URL.
      </p>
      <label class="checkbox">
        <input
          type="checkbox"
          id="accept-resend"
          aria-describedby="resend-hint"
          checked={settings.acceptsResend.value}
          onChange={({ currentTarget }) => (settings.acceptsResend.value = currentTarget.checked)}
        />
        Submit to RunPod all the same
      </label>
    </div>
  );
}
