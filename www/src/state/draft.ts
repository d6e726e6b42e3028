// What the form holds, as signals, and the request that it represents. A field's path is its path in the request.

import { batch, computed, signal } from "@preact/signals";
import type { Json, VideoRequest } from "filmgate";
import { fieldOptionsOf, rankOf } from "../form/field-options.js";
import type { FieldOptions } from "../form/field-options.js";
import { COLLAPSED, FIELDS, MEDIA } from "../form/fields.js";
import type { FieldSpec, Slot } from "../form/fields.js";
import { isRetired, listingsOf, modelOf, models } from "./models.js";
import type { PageModel } from "./models.js";

/** An image from a file, as it is sent. */
export interface PickedImage {
  uri: string;
  /** File name and size. */
  name: string;
}

export interface ShownField {
  spec: FieldSpec;
  options: FieldOptions;
  slot: Slot;
}

export interface Parts {
  action: string;
  ambientSound: string;
  characterDialogue: string;
}

/** What a video is, unless the user says otherwise. */
export const DEFAULTS: Readonly<Record<string, string>> = { duration: "5", resolution: "720p", aspectRatio: "16:9" };
/** Of any model: some take no aspect ratio, and would not be offered for one. */
const ANY_DEFAULTS: Readonly<Record<string, string>> = { ...DEFAULTS, aspectRatio: "" };

const NO_PARTS: Parts = { action: "", ambientSound: "", characterDialogue: "" };
const NUMBERS = new Set(["integer", "number"]);

/** The fields that are shown before a model is chosen. */
const COMMON_FIELDS = new Set([
  "prompt",
  "negativePrompt",
  "image",
  "lastFrameImage",
  "duration",
  "resolution",
  "aspectRatio",
  "generateAudio",
]);

/** The chosen model; empty: any. */
export const model = signal("");
/** The defaults of what is chosen. */
export const defaults = (): Readonly<Record<string, string>> => (model.value === "" ? ANY_DEFAULTS : DEFAULTS);
/** The text of each field; of a list, an item per line. */
export const values = signal<Readonly<Record<string, string>>>(ANY_DEFAULTS);
/** The images from files of each field. */
export const images = signal<Readonly<Record<string, readonly PickedImage[]>>>({});
/** What to say about the files of a field. */
export const imageNotes = signal<Readonly<Record<string, string>>>({});
export const allowsInlineImages = signal(false);
export const parts = signal<Parts>(NO_PARTS);
/** The chosen offer: `cheapest`, a provider of the model, or `model@provider`. */
export const picked = signal("cheapest");
/** The spending limit as typed. */
export const limit = signal("");
/** The fields that the user has set. The others follow the model. */
export const touched = signal<ReadonlySet<string>>(new Set());
/** The labels of the fields that the last choice of a model has cleared. */
export const cleared = signal<readonly string[]>([]);

/** The fields of the chosen model, by path. */
export const shownFields = computed<ReadonlyMap<string, ShownField>>(() => fieldsOf(model.value));

function fieldsOf(id: string): Map<string, ShownField> {
  const isAny = id === "";
  const listings = listingsOf(id);
  const shown = new Map<string, ShownField>();
  for (const spec of FIELDS) {
    if (isAny && !COMMON_FIELDS.has(spec.path)) continue;
    const options = fieldOptionsOf(listings, spec.path, { isAny });
    if (options) shown.set(spec.path, { spec, options, slot: slotOf(spec, options) });
  }
  return shown;
}

/** A field that the model requires is not collapsed. */
function slotOf({ slot }: FieldSpec, { type, isRequiredBySome }: FieldOptions): Slot {
  if (!isRequiredBySome || !COLLAPSED.some(([name]) => name === slot)) return slot;
  return MEDIA.has(type) ? "media" : "chips";
}

export const allImages = computed(() =>
  [...shownFields.value.keys()].flatMap((path) => images.value[path] ?? []),
);

/** The request as typed, without empty fields. */
export const request = computed<VideoRequest>(() => {
  const read: Record<string, unknown> = {};
  if (model.value) read["model"] = model.value;
  if (allowsInlineImages.value && allImages.value.length > 0) read["allowInlineImages"] = true;
  for (const field of shownFields.value.values()) {
    const value = valueOf(field);
    if (value !== undefined) assign(read, field.spec.path, value);
  }
  return read as VideoRequest;
});

/** How many collapsed fields have a value. */
export const collapsedCount = computed(() => {
  const isCollapsed = ({ slot }: ShownField) => COLLAPSED.some(([name]) => name === slot);
  return [...shownFields.value.values()].filter((field) => isCollapsed(field) && valueOf(field) !== undefined).length;
});

/** An empty control has no value; text that is not a number is passed on as it is. */
function valueOf({ spec, options }: ShownField): Json | undefined {
  const { path } = spec;
  const text = values.value[path] ?? "";
  const files = images.value[path] ?? [];
  if (isMediaList(options)) {
    const all = [...linesOf(text), ...files.map(({ uri }) => uri)];
    return all.length > 0 ? all : undefined;
  }
  if (files[0]) return files[0].uri;
  if (text.trim() === "") return undefined;
  if (spec.rows) return text;
  if (options.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  const number = Number(text);
  return NUMBERS.has(options.type) && !Number.isNaN(number) ? number : text.trim();
}

export const isMediaList = ({ type }: FieldOptions): boolean => type === "images" || type === "videos";

const linesOf = (text: string): string[] => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** A field as the user edits it. */
export function edit(path: string, text: string): void {
  touched.value = new Set([...touched.value, path]);
  values.value = { ...values.value, [path]: text };
}

export function setImages(path: string, next: readonly PickedImage[], note = ""): void {
  images.value = { ...images.value, [path]: next };
  imageNotes.value = { ...imageNotes.value, [path]: note };
  if (allImages.value.length === 0) allowsInlineImages.value = false;
}

/** Sets a field to a value of a request, or clears it. */
export function setValue(path: string, value: unknown): void {
  if (path === "model") return chooseModel(String(value ?? ""));
  if (path === "allowInlineImages") {
    allowsInlineImages.value = value === true;
    return;
  }
  const all = [value ?? []].flat().map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
  const files = all.filter(isData).map((uri) => ({ uri, name: "Image" }));
  edit(path, all.filter((text) => !isData(text)).join("\n"));
  if (files.length > 0 || images.value[path]?.length) setImages(path, files);
}

const isData = (text: string): boolean => text.startsWith("data:");

/** Shows the fields of a model, and clears what it does not support. */
export const chooseModel = (id: string): void => batch(() => changeModel(id));

function changeModel(id: string): void {
  const shown = fieldsOf(id);
  const next: Record<string, string> = {};
  const lost: string[] = [];
  for (const { path, label } of FIELDS) {
    const text = values.value[path] ?? "";
    if (shown.has(path)) next[path] = text;
    else if (touched.value.has(path) && (text !== "" || images.value[path]?.length)) lost.push(label);
  }
  images.value = Object.fromEntries(Object.entries(images.value).filter(([path]) => shown.has(path)));
  touched.value = new Set([...touched.value].filter((path) => shown.has(path)));
  model.value = id;
  values.value = { ...next, ...followedValues(shown, next) };
  picked.value = "cheapest";
  cleared.value = lost;
}

/** The values of the fields that follow the model: the defaults, or what comes closest, and what it requires. */
function followedValues(shown: ReadonlyMap<string, ShownField>, current: Record<string, string>): Record<string, string> {
  const followed: Record<string, string> = {};
  for (const [path, { options }] of shown) {
    if (touched.value.has(path)) continue;
    const wanted = defaults()[path];
    if (wanted !== undefined) followed[path] = wanted && closest(options, wanted);
    else if (options.required && options.values.length > 0) {
      followed[path] = String(options.defaultValue ?? options.values[0]!.value);
    } else if (current[path] && options.values.length > 0) followed[path] = "";
  }
  return followed;
}

/** The value itself, or the nearest one that the model has. */
function closest({ values: choices }: FieldOptions, wanted: string): string {
  const all = choices.map(({ value }) => value);
  if (all.length === 0 || all.some((value) => String(value) === wanted)) return wanted;
  const rank = rankOf(/^\d+$/.test(wanted) ? Number(wanted) : wanted);
  if (Number.isNaN(rank)) return String(all[0]);
  const distance = (value: (typeof all)[number]) => Math.abs(rankOf(value) - rank);
  return String(all.toSorted((a, b) => distance(a) - distance(b))[0]);
}

/** Sets fields without marking them as the user's: they still follow the model. What stays the same is not priced again. */
export function follow(next: Readonly<Record<string, string>>): void {
  const isNew = Object.entries(next).some(([path, text]) => (values.value[path] ?? "") !== text);
  if (isNew) values.value = { ...values.value, ...next };
}

/** The fields with a default that the user has not set. */
export const followingPaths = (): string[] =>
  Object.keys(DEFAULTS).filter((path) => shownFields.value.has(path) && !touched.value.has(path));

/** Whether a fix can be applied: it names only shown fields. */
export function canFix({ path, remove = path }: { path: string; remove?: string }): boolean {
  const isShown = (name: string) => shownFields.value.has(name) || name === "model" || name === "allowInlineImages";
  return isShown(path) && isShown(remove);
}

/** Sets `path` to `value`, or clears it; clears `remove`, too, which it may replace. */
export function fix({ path, value, remove }: { path: string; value?: unknown; remove?: string }): void {
  setValue(path, value);
  if (remove !== undefined) setValue(remove, undefined);
}

/** Fills in a request and clears every other field. */
export const fill = (next: VideoRequest): void => batch(() => fillIn(next));

function fillIn(next: VideoRequest): void {
  const id = next.model !== undefined && modelOf(next.model) ? next.model : "";
  touched.value = new Set();
  values.value = {};
  images.value = {};
  imageNotes.value = {};
  parts.value = NO_PARTS;
  chooseModel(id);
  // A request says everything: what it leaves out is left to the model.
  for (const path of Object.keys(DEFAULTS)) if (shownFields.value.has(path)) edit(path, "");
  for (const { path } of FIELDS) {
    const value = valueAt(next, path);
    if (value !== undefined && shownFields.value.has(path)) setValue(path, value);
    // What is as it would be anyway still follows the model.
    if (String(value) === defaults()[path]) touched.value = new Set([...touched.value].filter((other) => other !== path));
  }
  allowsInlineImages.value = next.allowInlineImages === true;
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value);
}

function assign(target: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
  const last = names.pop()!;
  let part = target;
  for (const name of names) part = (part[name] ??= {}) as Record<string, unknown>;
  part[last] = value;
}

/** The current models by who offers them, for the choice of one. */
export function modelGroups(): [string, readonly PageModel[]][] {
  const providersOf = (id: string) => {
    const current = modelOf(id)!.listings.filter((listing) => !isRetired(listing));
    return [...new Set(current.map(({ provider }) => provider))];
  };
  const groups: [string, (providers: string[]) => boolean][] = [
    ["RunPod and Runware", (providers) => providers.length === 2],
    ["RunPod", (providers) => providers.length === 1 && providers[0] === "runpod"],
    ["Runware", (providers) => providers.length === 1 && providers[0] === "runware"],
    ["Retired", (providers) => providers.length === 0],
  ];
  return groups.map(([label, belongs]) => [label, models.value.filter(({ id }) => belongs(providersOf(id)))]);
}
