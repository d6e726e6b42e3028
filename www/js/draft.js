// What the form holds, kept in this tab: neither a reload nor a crash loses it. Keys are no part of it.

import { byId } from "./dom.js";
import { fillForm } from "./form.js";
import { chooseProvider, chosenProvider } from "./prices.js";
import { inTab } from "./storage.js";

const DRAFT = "draft";
// A picture is large, and written only where it has changed.
const PICTURE = "draft.picture";

export function createDraft(form, image) {
  const parts = [...form.querySelectorAll("[data-part]")];
  let kept;

  const keepPicture = () => {
    const picture = image.picture();
    if (picture === kept) return;
    kept = picture;
    if (!inTab.write(PICTURE, picture)) inTab.write(PICTURE, undefined);
  };

  return {
    /** Keeps the form as it is. */
    keep({ image: address, ...request }) {
      const picture = image.picture();
      keepPicture();
      inTab.write(DRAFT, {
        request: picture ? request : { ...request, image: address },
        pictureName: picture?.name,
        parts: Object.fromEntries(parts.map(({ dataset, value }) => [dataset.part, value])),
        provider: chosenProvider(),
        limit: byId("limit").value,
      });
    },
    /** Fills the form with what is kept, if anything is. */
    restore() {
      const draft = inTab.read(DRAFT);
      if (draft === undefined) return;
      const { model } = form.elements;
      const isKnown = [...model.options].some(({ value }) => value === draft.request.model);
      if (isKnown) model.value = draft.request.model;
      model.dispatchEvent(new Event("change"));
      fillForm(form, image, { ...draft.request, model: model.value });
      for (const part of parts) part.value = draft.parts[part.dataset.part] ?? "";
      chooseProvider(draft.provider);
      byId("limit").value = draft.limit;
      if (draft.pictureName === undefined) return;
      kept = inTab.read(PICTURE);
      if (kept) image.putBack(kept);
      else image.missing(draft.pictureName);
    },
  };
}
