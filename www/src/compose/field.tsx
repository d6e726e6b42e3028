// One field of the form: its label, control, hint and list of issues. The control depends on the field's options: a
// select if its values can be listed, otherwise a text input.

import type { ComponentChildren } from "preact";
import type { FieldOptions } from "../form/field-options.js";
import type { FieldSpec } from "../form/fields.js";
import { edit, values } from "../state/draft.js";
import type { ShownField } from "../state/draft.js";
import { isInvalid } from "../state/issues.js";
import { providerName } from "../text/format.js";
import { IssueList, idOf } from "./issue-list.js";

const NUMBERS = new Set(["integer", "number"]);
const BOOLEANS: Record<string, string> = { true: "Yes", false: "No" };
const SOUND: Record<string, string> = { true: "With sound", false: "Silent" };

/** The attributes that name and describe a control. */
export const controlAttributes = (path: string, { required }: FieldOptions) => ({
  id: idOf(path),
  name: path,
  "aria-describedby": `${idOf(path)}-hint ${idOf(path)}-issues`,
  "aria-required": required ? ("true" as const) : undefined,
  "aria-invalid": isInvalid(path) ? ("true" as const) : undefined,
});

/** The parts that every field has. */
export function FieldFrame({ field, hint, children, after }: {
  field: ShownField;
  hint: string;
  children: ComponentChildren;
  after?: ComponentChildren;
}) {
  const { spec, options, slot } = field;
  const id = idOf(spec.path);
  return (
    <div class={`field field-${slot}`} data-field={spec.path}>
      <label for={id}>
        {spec.label} <span class="required" aria-hidden="true" hidden={!options.required}>required</span>
      </label>
      {children}
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      {after}
      <IssueList path={spec.path} />
    </div>
  );
}

export function Field({ field }: { field: ShownField }) {
  const { spec, options } = field;
  return (
    <FieldFrame field={field} hint={[spec.hint, options.limits].filter(Boolean).join(" ")}>
      <Control spec={spec} options={options} />
    </FieldFrame>
  );
}

function Control({ spec, options }: { spec: FieldSpec; options: FieldOptions }) {
  const { path, rows, placeholder } = spec;
  const names = controlAttributes(path, options);
  const value = values.value[path] ?? "";
  const onInput = (event: Event) => edit(path, (event.currentTarget as HTMLInputElement).value);
  if (rows) return <textarea {...names} rows={rows} placeholder={placeholder} value={value} onInput={onInput} />;
  if (options.values.length > 0) return <Choice spec={spec} options={options} value={value} onInput={onInput} />;
  const list = options.suggested.length > 0 ? `${idOf(path)}-values` : undefined;
  const inputMode = NUMBERS.has(options.type) ? "decimal" : undefined;
  return (
    <>
      <input {...names} inputMode={inputMode} spellcheck={false} placeholder={placeholder} list={list} value={value} onInput={onInput} />
      {list && (
        <datalist id={list}>
          {options.suggested.map((size) => <option key={size} value={size} />)}
        </datalist>
      )}
    </>
  );
}

/** A value that is not among the options stays visible, and its issue explains it. */
function Choice({ spec, options, value, onInput }: { spec: FieldSpec; options: FieldOptions; value: string; onInput(event: Event): void }) {
  const { values: choices, defaultValue, required } = options;
  const words = spec.path === "generateAudio" ? SOUND : BOOLEANS;
  const textOf = (item: unknown) => words[String(item)] ?? [String(item), spec.unit].filter(Boolean).join(" ");
  const hasDefault = defaultValue !== undefined && !required;
  // A chip shows no label beside its value.
  const word = spec.slot === "chips" ? `${spec.label}: default` : "Default";
  const ofDefault = hasDefault ? `${word} (${textOf(defaultValue).toLowerCase()})` : undefined;
  const empty = ofDefault ?? (required ? "Choose…" : spec.empty ?? `${spec.label}: default`);
  const isUnlisted = value !== "" && !choices.some((choice) => String(choice.value) === value);
  return (
    <select {...controlAttributes(spec.path, options)} value={value} onInput={onInput}>
      <option value="">{empty}</option>
      {choices.map((choice) => (
        <option key={String(choice.value)} value={String(choice.value)}>
          {choice.only ? `${textOf(choice.value)} · ${providerName(choice.only)} only` : textOf(choice.value)}
        </option>
      ))}
      {isUnlisted && <option value={value}>{`${textOf(value)} · not available`}</option>}
    </select>
  );
}
