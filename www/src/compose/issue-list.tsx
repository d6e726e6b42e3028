// The issues of one field, each with a button that applies its fix.

import type { Fix, Issue } from "filmgate";
import { Prose } from "../shell/parts.js";
import { canFix, fix as applyFix } from "../state/draft.js";
import { issues } from "../state/issues.js";
import type { IssueEntry } from "../state/issues.js";
import { focusById } from "../state/ui.js";
import { issueText } from "../text/quote-text.js";

/** The id of a field's control. */
export const idOf = (path: string): string => path.replace(".", "-");

export function IssueList({ path, id = `${idOf(path)}-issues`, label }: { path: string; id?: string; label?: string }) {
  const entries = issues.value.get(path) ?? [];
  return (
    <ul class="issues" id={id} aria-label={label}>
      {entries.map((entry) => (
        <IssueItem key={`${entry.issue.code} ${entry.issue.message}`} {...entry} />
      ))}
    </ul>
  );
}

function IssueItem({ issue, blocks, scope }: IssueEntry) {
  const kind = blocks ? "error" : issue.severity === "error" ? "remark" : "warning";
  const isNamed = scope === undefined || issue.message.startsWith(scope);
  return (
    <li class={kind}>
      {!isNamed && <span class="tag">{scope}</span>}
      <Prose text={issueText(issue)} /> <FixButton issue={issue} />
    </li>
  );
}

/** A button that applies the issue's fix, if the form can. */
export function FixButton({ issue: { path, fix } }: { issue: Issue }) {
  if (!fix || !canFix(fix)) return null;
  const onClick = () => {
    applyFix(fix);
    // The list with this button is gone by then.
    requestAnimationFrame(() => focusById(idOf(fix.path)));
  };
  return (
    <button type="button" class="small" onClick={onClick}>
      {fixLabel(fix, path)}
    </button>
  );
}

function fixLabel({ path, value, remove }: Fix, issuePath: string): string {
  if (value === undefined) return path === issuePath ? "Remove it" : `Remove ${path}`;
  if (value === true) return "Allow it";
  if (value === false) return "Turn it off";
  return `Use ${String(value).slice(0, 40)}${remove === undefined ? "" : " instead"}`;
}
