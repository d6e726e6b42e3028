// What was spent today and this month in this environment, and a budget for the month.

import type { Amount } from "../library/index.js";
import { Menu } from "../shell/parts.js";
import { budget, budgetText, budgetUsd, isBudgetInvalid } from "../state/budget.js";
import { environment } from "../state/environment.js";
import { spending } from "../state/library.js";
import { modelName } from "../state/models.js";
import { NOT_AN_AMOUNT, money } from "../text/format.js";

/** What was billed, and what may still be. */
function amountText({ microUsd, uncertainMicroUsd, unknownCount }: Amount): string {
  const more = uncertainMicroUsd > 0 ? ` + up to ${money(uncertainMicroUsd / 1e6)}` : "";
  const unknown = unknownCount > 0 ? `, ${unknownCount} of unknown cost` : "";
  return `${money(microUsd / 1e6)}${more}${unknown}`;
}

export function SpendMenu() {
  const spent = spending.value;
  if (!spent) return null;
  const limit = isBudgetInvalid.value ? undefined : budgetUsd.value;
  const used = (spent.month.microUsd + spent.month.uncertainMicroUsd) / 1e6;
  const state = budget.value;
  return (
    <Menu
      id="spending"
      className="spend-menu"
      label={<><span class="when"><span class="hidden">Spending </span>today </span>{money(spent.today.microUsd / 1e6)}{limit !== undefined && <meter class="budget-bar" aria-hidden="true" min={0} max={limit || 1} value={Math.min(used, limit || 1)} data-over={state?.isOver ? "" : undefined} />}</>}
    >
      <dl class="amounts">
        <dt>Today</dt><dd>{amountText(spent.today)}</dd>
        <dt>This month</dt><dd>{amountText(spent.month)}</dd>
        {spent.models.map((each) => (
          <><dt key={each.model} class="sub">{modelName(each.model)}</dt><dd class="sub">{amountText(each)}</dd></>
        ))}
      </dl>
      <div class="field">
        <label for="budget">Budget of the month (US$)</label>
        <input
          id="budget"
          inputMode="decimal"
          placeholder="None"
          aria-describedby="budget-issues budget-hint"
          aria-invalid={isBudgetInvalid.value ? "true" : undefined}
          value={budgetText}
          onInput={({ currentTarget }) => (budgetText.value = currentTarget.value)}
        />
        <ul class="issues" id="budget-issues">
          {isBudgetInvalid.value && <li class="error">{NOT_AN_AMOUNT}</li>}
        </ul>
      </div>
      <p class="hint" id="budget-hint">
        {environment.value?.isSimulated
          ? "Simulated dollars: nothing is paid here. "
          : "As this browser knows it; jobs made elsewhere are not counted. "}
        {state?.isOver && "The budget is used up."}
      </p>
    </Menu>
  );
}
