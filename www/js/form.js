// The form and the request that it represents. It shows the fields that the catalog lists for the
// chosen model; a field's path is its path in the request.

import { byId } from "./dom.js";
import { fieldOptionsOf, listingsOf } from "./field-options.js";
import { createField } from "./field.js";
import { COLLAPSED, COMMON_FIELDS, FIELDS, MEDIA } from "./fields.js";
import { bindImageFiles, createMediaField } from "./image-inputs.js";

/** Creates the form for these models; `onImage(path)` is called when an image is added or removed. */
export function createForm(models, { onImage }) {
  const node = byId("request");
  const slots = [...node.querySelectorAll("[data-slot]")];
  const model = node.elements.model;
  const inline = node.elements.allowInlineImages;
  const all = models.flatMap(({ listings }) => listings);
  const onImageChange = (path) => {
    showInline();
    onImage(path);
  };
  const allFields = FIELDS.map((spec) => {
    const type = fieldOptionsOf(all, spec.path, { isAny: true })?.type;
    const isMedia = type === "image" || type === "images" || type === "videos";
    return isMedia ? createMediaField(spec, type, onImageChange) : createField(spec);
  });
  const slotOf = new Map(FIELDS.map(({ path, slot }) => [path, slot]));
  const fields = new Map(allFields.map((field) => [field.path, field]));
  const fixed = new Map([
    ["model", fixedField("model", model)],
    ["allowInlineImages", fixedField("allowInlineImages", inline)],
  ]);
  let shown = new Map();

  const imageFields = allFields.filter(({ acceptsFiles }) => acceptsFiles);
  bindImageFiles(() => imageFields.filter(({ path }) => shown.has(path)));
  const images = () => imageFields.flatMap((field) => field.images());
  const showInline = () => {
    byId("inline-row").hidden = images().length === 0;
    if (images().length === 0) inline.checked = false;
  };

  /** Shows the fields of the chosen model. Clears the others and returns the paths that had a value. */
  const arrange = () => {
    const isAny = model.value === "";
    const listings = listingsOf(models, model.value);
    const cleared = [];
    shown = new Map();
    for (const field of allFields) {
      const { path } = field;
      const isRelevant = !isAny || COMMON_FIELDS.has(path);
      const options = isRelevant ? fieldOptionsOf(listings, path, { isAny }) : undefined;
      if (options) {
        shown.set(path, field);
        field.describe(options);
        const slot = slotOf.get(path);
        field.slot = options.isRequiredBySome ? openSlot(slot, options) : slot;
      } else if (field.value() !== undefined) {
        field.set(undefined);
        cleared.push(path);
      }
    }
    for (const slot of slots) {
      const here = [...shown.values()].filter((field) => field.slot === slot.dataset.slot);
      slot.replaceChildren(...here.map((field) => field.node));
    }
    showInline();
    return cleared;
  };

  const fieldOf = (path) => fixed.get(path) ?? shown.get(path);
  const form = {
    node,
    /** The field of a path, if the form shows it now. */
    field: fieldOf,
    shown: () => [...fixed.values(), ...shown.values()],
    images,
    imageFields,
    model: () => model.value,
    isKnownModel: (id) => id === "" || models.some((candidate) => candidate.id === id),
    arrange,
    /** Chooses a model, or none; returns the cleared paths as `arrange` does. */
    chooseModel(id) {
      model.value = id;
      return arrange();
    },
    /** The request as typed, without empty fields. */
    read() {
      const request = {};
      for (const field of form.shown()) {
        const value = field.value();
        if (value !== undefined) assign(request, field.path, value);
      }
      return request;
    },
    /** Fills in a request and clears every other field. */
    fill(request) {
      node.reset();
      for (const field of allFields) field.set(undefined);
      form.chooseModel(request.model ?? "");
      inline.checked = request.allowInlineImages === true;
      for (const field of shown.values()) field.set(valueAt(request, field.path));
      showInline();
    },
    /** Shows what depends on the images. */
    refresh: showInline,
    /** Whether a fix can be applied: it names only shown fields. */
    canFix: ({ path, remove = path }) => [path, remove].every((name) => fieldOf(name) !== undefined),
    /** Sets `path` to `value`, or clears it; clears `remove`, too, which it may replace. */
    fix({ path, value, remove }) {
      fieldOf(path)?.set(value);
      if (remove !== undefined) fieldOf(remove)?.set(undefined);
      showInline();
    },
    /** Focuses a field and opens the part of the form that hides it. */
    focus(path) {
      const control = fieldOf(path)?.control;
      const details = control?.closest("details");
      if (details) details.open = true;
      control?.focus();
    },
    /** How many collapsed fields have a value. */
    countCollapsed: () =>
      [...shown.values()].filter((field) => COLLAPSED.has(field.slot) && field.value() !== undefined)
        .length,
  };
  return form;
}

/** The slot of a collapsed field that the model requires. */
function openSlot(slot, { type }) {
  if (!COLLAPSED.has(slot)) return slot;
  return MEDIA.has(type) ? "media" : "basics";
}

/** A control that is part of the page's HTML. */
function fixedField(path, control) {
  const isCheckbox = control.type === "checkbox";
  return {
    path,
    control,
    list: byId(`${path}-issues`),
    value: () => (isCheckbox ? control.checked : control.value) || undefined,
    set(value) {
      if (isCheckbox) control.checked = value === true;
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

/** Composes the prompt of three parts, as RunPod recommends. */
export function bindParts(form, composePrompt) {
  const inputs = [...form.node.querySelectorAll("[data-part]")];
  const compose = () => {
    const parts = Object.fromEntries(
      inputs.map((input) => [input.dataset.part, input.value.trim() || undefined]),
    );
    if (parts.action !== undefined) form.fix({ path: "prompt", value: composePrompt(parts) });
  };
  for (const input of inputs) input.addEventListener("input", compose);
}
