// The form and the request it stands for. Its fields are those that the chosen model takes, as the
// catalog says; a field's path is its place in the request.

import { byId } from "./dom.js";
import { factsOf, listingsOf } from "./field-options.js";
import { createField } from "./field.js";
import { FIELDS, FOLDED, MEDIA, OF_ANY_MODEL } from "./fields.js";
import { createMedia, wirePictures } from "./image-inputs.js";

/** Makes the form for these models; `onPicture(path)` is called when a picture is chosen or removed. */
export function createForm(models, { onPicture }) {
  const node = byId("request");
  const slots = [...node.querySelectorAll("[data-slot]")];
  const model = node.elements.model;
  const inline = node.elements.allowInlineImages;
  const all = models.flatMap(({ listings }) => listings);
  const pictured = (path) => {
    showInline();
    onPicture(path);
  };
  const made = FIELDS.map((spec) => {
    const type = factsOf(all, spec.path, { isAny: true })?.type;
    const isMedia = type === "image" || type === "images" || type === "videos";
    return isMedia ? createMedia(spec, type, pictured) : createField(spec);
  });
  const places = new Map(FIELDS.map(({ path, slot }) => [path, slot]));
  const fields = new Map(made.map((field) => [field.path, field]));
  const fixed = new Map([
    ["model", fixedField("model", model)],
    ["allowInlineImages", fixedField("allowInlineImages", inline)],
  ]);
  let shown = new Map();

  const ofPictures = made.filter(({ takesFiles }) => takesFiles);
  wirePictures(() => ofPictures.filter(({ path }) => shown.has(path)));
  const pictures = () => ofPictures.flatMap((field) => field.pictures());
  const showInline = () => {
    byId("inline-row").hidden = pictures().length === 0;
    if (pictures().length === 0) inline.checked = false;
  };

  /** Shows the fields that the chosen model takes; gives those that it does not, emptied, with values. */
  const arrange = () => {
    const isAny = model.value === "";
    const listings = listingsOf(models, model.value);
    const left = [];
    shown = new Map();
    for (const field of made) {
      const { path } = field;
      const isOffered = !isAny || OF_ANY_MODEL.has(path);
      const facts = isOffered ? factsOf(listings, path, { isAny }) : undefined;
      if (facts) {
        shown.set(path, field);
        field.describe(facts);
        field.slot = facts.isNeededBySome ? openSlot(places.get(path), facts) : places.get(path);
      } else if (field.value() !== undefined) {
        field.set(undefined);
        left.push(path);
      }
    }
    for (const slot of slots) {
      const here = [...shown.values()].filter((field) => field.slot === slot.dataset.slot);
      slot.replaceChildren(...here.map((field) => field.node));
    }
    showInline();
    return left;
  };

  const of = (path) => fixed.get(path) ?? shown.get(path);
  const form = {
    node,
    /** The field of a path, where the form shows it now. */
    field: of,
    shown: () => [...fixed.values(), ...shown.values()],
    pictures,
    ofPictures,
    model: () => model.value,
    isKnownModel: (id) => id === "" || models.some((candidate) => candidate.id === id),
    arrange,
    /** Chooses a model, or none; gives what was left out as `arrange` does. */
    chooseModel(id) {
      model.value = id;
      return arrange();
    },
    /** The request as typed. What is empty is left out. */
    read() {
      const request = {};
      for (const field of form.shown()) {
        const value = field.value();
        if (value !== undefined) assign(request, field.path, value);
      }
      return request;
    },
    /** Fills in a request, and empties every other field. */
    fill(request) {
      node.reset();
      for (const field of made) field.set(undefined);
      form.chooseModel(request.model ?? "");
      inline.checked = request.allowInlineImages === true;
      for (const field of shown.values()) field.set(valueAt(request, field.path));
      showInline();
    },
    /** Shows what hangs on the pictures. */
    refresh: showInline,
    /** Whether a fix can be made here: it names fields that are shown. */
    canFix: ({ path, remove = path }) => [path, remove].every((name) => of(name) !== undefined),
    /** Sets `path` to `value`, or empties it; empties `remove` too, whose place it may take. */
    fix({ path, value, remove }) {
      of(path)?.set(value);
      if (remove !== undefined) of(remove)?.set(undefined);
      showInline();
    },
    /** Puts the keyboard on a field, and opens the part of the form that hides it. */
    focus(path) {
      const control = of(path)?.control;
      const details = control?.closest("details");
      if (details) details.open = true;
      control?.focus();
    },
    /** How many folded fields hold something. */
    countFolded: () =>
      [...shown.values()].filter((field) => FOLDED.has(field.slot) && field.value() !== undefined)
        .length,
  };
  return form;
}

/** Where a folded field goes that the model cannot do without. */
function openSlot(slot, { type }) {
  if (!FOLDED.has(slot)) return slot;
  return MEDIA.has(type) ? "media" : "basics";
}

/** A control that stands in the page itself. */
function fixedField(path, control) {
  const isTick = control.type === "checkbox";
  return {
    path,
    control,
    list: byId(`${path}-problems`),
    value: () => (isTick ? control.checked : control.value) || undefined,
    set(value) {
      if (isTick) control.checked = value === true;
      else control.value = value ?? "";
    },
  };
}

const valueAt = (request, path) => path.split(".").reduce((part, name) => part?.[name], request);

function assign(request, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let part = request;
  for (const name of names) part = part[name] ??= {};
  part[last] = value;
}

/** Three parts make one prompt, as RunPod advises. */
export function wireParts(form, composePrompt) {
  const inputs = [...form.node.querySelectorAll("[data-part]")];
  const compose = () => {
    const parts = Object.fromEntries(
      inputs.map((input) => [input.dataset.part, input.value.trim() || undefined]),
    );
    if (parts.action !== undefined) form.fix({ path: "prompt", value: composePrompt(parts) });
  };
  for (const input of inputs) input.addEventListener("input", compose);
}
