// Saves what the form holds in this tab, so that neither a reload nor a crash loses it. API keys are
// never part of it.

import { byId } from "./dom.js";
import { sessionStore } from "./storage.js";

const DRAFT = "draft";
// Images are large, so each field's are written only when they change.
const imagesKey = (path) => `draft.images.${path}`;

export function createDraft(form, quotesPanel) {
  const parts = [...form.node.querySelectorAll("[data-part]")];
  const saved = new Map();

  const saveImages = ({ path, images }) => {
    const current = images();
    if (current === saved.get(path)) return;
    saved.set(path, current);
    const isStored = sessionStore.write(imagesKey(path), current.length > 0 ? current : undefined);
    if (!isStored) sessionStore.write(imagesKey(path), undefined);
  };

  return {
    /** Saves the form as it is. */
    save(request) {
      const fields = form.imageFields;
      for (const field of fields) saveImages(field);
      const typed = Object.fromEntries(fields.map((field) => [field.path, field.typed()]));
      const named = fields.map(({ path, images }) => [path, images().map(({ name }) => name)]);
      sessionStore.write(DRAFT, {
        request: { ...request, ...typed },
        images: Object.fromEntries(named.filter(([, names]) => names.length > 0)),
        parts: Object.fromEntries(parts.map(({ dataset, value }) => [dataset.part, value])),
        provider: quotesPanel.picked(),
        limit: byId("limit").value,
      });
    },
    /** Fills the form with the saved draft, if there is one. */
    restore() {
      const draft = sessionStore.read(DRAFT);
      if (draft === undefined) return;
      const { model = "", ...request } = draft.request;
      form.fill({ ...request, model: form.isKnownModel(model) ? model : "" });
      for (const part of parts) part.value = draft.parts[part.dataset.part] ?? "";
      quotesPanel.pick(draft.provider);
      byId("limit").value = draft.limit;
      for (const [path, names] of Object.entries(draft.images ?? {})) restoreImages(path, names);
      form.refresh();
    },
  };

  function restoreImages(path, names) {
    const images = sessionStore.read(imagesKey(path));
    if (!images) return form.field(path)?.showNotStored(names);
    saved.set(path, images);
    form.field(path)?.restoreImages(images);
  }
}
