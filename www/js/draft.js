// What the form holds, kept in this tab: neither a reload nor a crash loses it. Keys are no part of it.

import { byId } from "./dom.js";
import { inTab } from "./storage.js";

const DRAFT = "draft";
// Pictures are large, and written only where they have changed.
const picturesOf = (path) => `draft.pictures.${path}`;

export function createDraft(form, offers) {
  const parts = [...form.node.querySelectorAll("[data-part]")];
  const kept = new Map();

  const keepPictures = ({ path, pictures }) => {
    const now = pictures();
    if (now === kept.get(path)) return;
    kept.set(path, now);
    const isKept = inTab.write(picturesOf(path), now.length > 0 ? now : undefined);
    if (!isKept) inTab.write(picturesOf(path), undefined);
  };

  return {
    /** Keeps the form as it is. */
    keep(request) {
      const fields = form.ofPictures;
      for (const field of fields) keepPictures(field);
      const typed = Object.fromEntries(fields.map((field) => [field.path, field.typed()]));
      const named = fields.map(({ path, pictures }) => [path, pictures().map(({ name }) => name)]);
      inTab.write(DRAFT, {
        request: { ...request, ...typed },
        pictures: Object.fromEntries(named.filter(([, names]) => names.length > 0)),
        parts: Object.fromEntries(parts.map(({ dataset, value }) => [dataset.part, value])),
        provider: offers.picked(),
        limit: byId("limit").value,
      });
    },
    /** Fills the form with what is kept, if anything is. */
    restore() {
      const draft = inTab.read(DRAFT);
      if (draft === undefined) return;
      const { model = "", ...request } = draft.request;
      form.fill({ ...request, model: form.isKnownModel(model) ? model : "" });
      for (const part of parts) part.value = draft.parts[part.dataset.part] ?? "";
      offers.pick(draft.provider);
      byId("limit").value = draft.limit;
      for (const [path, names] of Object.entries(draft.pictures ?? {})) putBack(path, names);
      form.refresh();
    },
  };

  function putBack(path, names) {
    const pictures = inTab.read(picturesOf(path));
    if (!pictures) return form.field(path)?.missing(names);
    kept.set(path, pictures);
    form.field(path)?.putBack(pictures);
  }
}
