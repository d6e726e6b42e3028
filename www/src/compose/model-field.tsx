// The choice of a model: any, a current one, or a retired one with its replacements.

import { useLater } from "../shell/parts.js";
import { chooseModel, cleared, model, modelGroups } from "../state/draft.js";
import { isRetired, modelName, modelOf } from "../state/models.js";
import type { PageModel } from "../state/models.js";
import { isInvalid } from "../state/issues.js";
import { focusById } from "../state/ui.js";
import { listText, money, providerName } from "../text/format.js";
import { IssueList } from "./issue-list.js";

export function ModelField() {
  const isWhole = useLater();
  const chosen = modelOf(model.value);
  return (
    <div class="field field-model">
      <label for="model">Model</label>
      <select
        id="model"
        name="model"
        aria-describedby="model-issues"
        aria-invalid={isInvalid("model") ? "true" : undefined}
        value={model.value}
        onChange={({ currentTarget }) => chooseModel(currentTarget.value)}
      >
        <option value="">Any model: compare all</option>
        {!isWhole && chosen && <option value={chosen.id}>{optionText(chosen)}</option>}
        {isWhole && modelGroups().map(([label, members]) => (
          <optgroup key={label} label={label}>
            {members.map((member) => <option key={member.id} value={member.id}>{optionText(member)}</option>)}
          </optgroup>
        ))}
      </select>
      <div id="model-note">
        <Retirement />
        <Cleared />
      </div>
      <IssueList path="model" />
    </div>
  );
}

const optionText = ({ name, creator, fromUsd }: PageModel): string =>
  [name, creator, fromUsd === undefined ? undefined : `from ${money(fromUsd)}/s`].filter(Boolean).join(" · ");

/** Chooses a model by a button elsewhere. */
export function pickModel(id: string): void {
  chooseModel(id);
  focusById("model");
}

/** What the model does not support, and was cleared. */
function Cleared() {
  if (cleared.value.length === 0) return null;
  const why = model.value === "" ? "Not available without a model" : `Not supported by ${modelName(model.value)}`;
  return <p class="hint" role="status">{`${why}, so cleared: ${listText(cleared.value)}.`}</p>;
}

/** For retired listings: since when, and what to use instead. */
function Retirement() {
  const retired = modelOf(model.value)?.listings.filter(isRetired) ?? [];
  if (retired.length === 0) return null;
  const { sunset, replacements } = retired[0]!.status;
  const providers = [...new Set(retired.map(({ provider }) => providerName(provider)))];
  return (
    <p class="retired">
      <strong>Retired</strong>
      {` upstream${sunset ? ` on ${sunset}` : ""}: ${listText(providers)} may refuse it. Instead: `}
      {(replacements ?? []).map((id) => (
        <button type="button" class="small" key={id} onClick={() => pickModel(id)}>{modelName(id)}</button>
      ))}
    </p>
  );
}
