// A kept video that plays in its poster while the mouse is over it.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { keptVideo } from "../state/library.js";

export function Preview({ id }: { id: string }) {
  const source = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let address: string | undefined;
    let isOver = true;
    void keptVideo(id, 0).then((blob) => {
      if (!blob || !isOver) return;
      address = URL.createObjectURL(blob);
      source.value = address;
    });
    return () => {
      isOver = false;
      if (address) URL.revokeObjectURL(address);
    };
  }, [id]);
  if (source.value === undefined) return null;
  return <video class="card-preview" src={source} muted autoplay loop playsInline aria-hidden="true" tabIndex={-1} />;
}
