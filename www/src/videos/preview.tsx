// A kept video that plays in its poster while the mouse is over it.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { keptVideo } from "../state/library.js";

/** A card that only passes under the mouse, as while the gallery is scrolled, opens no file. */
const PAUSE_MS = 150;

export function Preview({ id }: { id: string }) {
  const source = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let address: string | undefined;
    let isOver = true;
    const open = async () => {
      const blob = await keptVideo(id, 0);
      if (!blob || !isOver) return;
      address = URL.createObjectURL(blob);
      source.value = address;
    };
    const pause = setTimeout(() => void open(), PAUSE_MS);
    return () => {
      isOver = false;
      clearTimeout(pause);
      if (address) URL.revokeObjectURL(address);
    };
  }, [id]);
  if (source.value === undefined) return null;
  return <video class="card-preview" src={source} muted autoplay loop playsInline aria-hidden="true" tabIndex={-1} />;
}
