// The form: prompt, model, what the video is, and at its foot the price and the button.

import { useSignal } from "@preact/signals";
import { Icon, useLater } from "../shell/parts.js";
import { COLLAPSED, MEDIA } from "../form/fields.js";
import type { Slot } from "../form/fields.js";
import { core, loadCore } from "../state/core.js";
import { allImages, allowsInlineImages, collapsedCount, edit, parts, shownFields } from "../state/draft.js";
import type { Parts, ShownField } from "../state/draft.js";
import { isInvalid, issues } from "../state/issues.js";
import { copyLink } from "../state/sharing.js";
import { generate, isSecondPress } from "../state/submit.js";
import { isFormWhole } from "../state/ui.js";
import { Field } from "./field.js";
import { Foot } from "./foot.js";
import { IssueList } from "./issue-list.js";
import { MediaField } from "./media-field.js";
import { ModelField } from "./model-field.js";

export function Compose() {
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void generate();
  };
  return (
    <form class="compose" id="request" autocomplete="off" noValidate aria-labelledby="request-title" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <div class="compose-fields">
        <h2 class="hidden" id="request-title">Request</h2>
        <IssueList path="" id="summary" label="Issues of the whole request" />
        <Fields slot="prompt" />
        <div class="prompt-tools">
          <PromptParts />
          <ShareButton />
        </div>
        {isFormWhole.value && <Settings />}
      </div>
      {isFormWhole.value && <Foot />}
    </form>
  );
}

function Settings() {
  return (
    <>
      <Fields slot="media" />
      <InlineImages />
      <ModelField />
      <div class="chips"><Fields slot="chips" /></div>
      <Advanced />
    </>
  );
}

/** ⌘/Ctrl+Enter generates from anywhere in the form; a key that is held generates once. */
function onKeyDown(event: KeyboardEvent): void {
  if (event.key !== "Enter") return;
  const isInText = (event.target as Element).tagName === "TEXTAREA";
  const isShortcut = event.metaKey || event.ctrlKey;
  if (event.repeat && (isShortcut || !isInText)) event.preventDefault();
  else if (isShortcut) {
    event.preventDefault();
    if (!isSecondPress()) void generate();
  }
}

function Fields({ slot }: { slot: Slot }) {
  const here = [...shownFields.value.values()].filter((field) => field.slot === slot);
  return <>{here.map((field) => <AnyField key={field.spec.path} field={field} />)}</>;
}

function AnyField({ field }: { field: ShownField }) {
  const { type } = field.options;
  const hasFiles = MEDIA.has(type) && type !== "video" && type !== "audio";
  return hasFiles ? <MediaField field={field} /> : <Field field={field} />;
}

/** Copies a link that opens the page with this request. */
function ShareButton() {
  const text = useSignal("Share");
  const onClick = async () => {
    text.value = (await copyLink()) ? "Link copied" : "Not copied";
    setTimeout(() => (text.value = "Share"), 2000);
  };
  return <button type="button" class="quiet small" id="share" onClick={() => void onClick()}><Icon name="share" />{text}</button>;
}

const PARTS: [keyof Parts, string, string][] = [
  ["action", "part-action", "Action"],
  ["ambientSound", "part-sound", "Ambient sound"],
  ["characterDialogue", "part-dialogue", "Character dialogue"],
];

/** Composes the prompt of three parts, as RunPod recommends. */
function PromptParts() {
  const onInput = (name: keyof Parts, text: string) => {
    parts.value = { ...parts.value, [name]: text };
    const given = Object.entries(parts.value).map(([key, value]) => [key, value.trim() || undefined]);
    const { action, ...others } = Object.fromEntries(given) as Partial<Parts>;
    if (action !== undefined && core.value) edit("prompt", core.value.composePrompt({ action, ...others }));
  };
  return (
    // Its rule is in the module, which is not loaded where a gateway generates.
    <details id="parts" class="quiet-details" onToggle={() => void loadCore()}>
      <summary>Compose it from three parts</summary>
      <p class="hint" id="parts-hint">RunPod recommends this order for Sora 2 Pro. The parts replace the prompt.</p>
      {PARTS.map(([name, id, label]) => (
        <div class="field" key={id}>
          <label for={id}>{label}</label>
          <input
            id={id}
            data-part={name}
            aria-describedby="parts-hint"
            value={parts.value[name]}
            onInput={({ currentTarget }) => onInput(name, currentTarget.value)}
          />
        </div>
      ))}
    </details>
  );
}

/** RunPod documents URLs only: a picture from a file needs the user's word. */
function InlineImages() {
  if (allImages.value.length === 0) return null;
  return (
    <div class="field" id="inline-row">
      <label class="checkbox">
        <input
          type="checkbox"
          name="allowInlineImages"
          id="allowInlineImages"
          aria-describedby="allowInlineImages-issues"
          aria-invalid={isInvalid("allowInlineImages") ? "true" : undefined}
          checked={allowsInlineImages.value}
          onChange={({ currentTarget }) => (allowsInlineImages.value = currentTarget.checked)}
        />
        Send the picture itself to RunPod, which documents only URLs
      </label>
      <IssueList path="allowInlineImages" />
    </div>
  );
}

/** Counts fields and issues in the collapsed part, so that they are not overlooked. */
function Advanced() {
  const isWhole = useLater();
  const fields = [...shownFields.value.values()];
  const groups = COLLAPSED.filter(([slot]) => fields.some((field) => field.slot === slot));
  if (groups.length === 0) return null;
  const isCollapsed = (path: string) => groups.some(([slot]) => shownFields.value.get(path)?.slot === slot);
  const count = [...issues.value].filter(([path]) => isCollapsed(path)).flatMap(([, list]) => list).length;
  const set = collapsedCount.value;
  const texts = [set > 0 && `${set} set`, count > 0 && (count === 1 ? "1 issue" : `${count} issues`)].filter(Boolean);
  return (
    <details id="more" class="quiet-details">
      <summary>Advanced{texts.length > 0 && <span id="more-count"> ({texts.join(", ")})</span>}</summary>
      {isWhole && groups.map(([slot, title]) => (
        <fieldset class="group" key={slot}>
          <legend>{title}</legend>
          <div class="pairs"><Fields slot={slot} /></div>
        </fieldset>
      ))}
    </details>
  );
}
