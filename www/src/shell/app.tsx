// The page: the bar, and three zones below it.

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bar } from "../bar/bar.js";
import { Compose } from "../compose/compose.js";
import { bindImageFiles } from "../compose/images.js";
import { coreFailure, loadChosen } from "../state/core.js";
import { shareNotice } from "../state/sharing.js";
import { cannotSend } from "../state/submit.js";
import { announcement, breathe, closeToast, toast, undoToast } from "../state/ui.js";
import { Icon, Prose } from "./parts.js";

/** What follows the form, once its chunk is there, and how much of it is drawn. */
const zones = signal<{ views: typeof import("./zones.js"); drawn: number } | undefined>(undefined);
const ZONES = 3;

/** Draws what follows the form. One after the other: a slow phone is not busy for long at a time. */
export async function drawZones(): Promise<void> {
  const views = await import("./zones.js");
  for (let drawn = 1; drawn <= ZONES; drawn += 1) {
    await breathe();
    zones.value = { views, drawn };
  }
}

export function App() {
  const { views, drawn = 0 } = zones.value ?? {};
  return (
    <>
      <a class="skip" href="#prompt">Skip to the prompt</a>
      <Bar />
      <Notices />
      <main class="zones">
        <Compose />
        <div class="middle">
          {views && drawn > 0 ? <><views.Stage /><views.VideoStrip /></> : <div class="stage" />}
        </div>
        {views && drawn > 1 ? <views.Side /> : <div class="side" />}
      </main>
      {views && drawn > 2 && <views.Gallery />}
      <ToastView />
      <DropVeil />
      <p class="hidden" id="announcer" role="status">{announcement}</p>
    </>
  );
}

/** What this browser or address lacks. */
const MISSING =
  !isSecureContext
    ? "Opened over http: use one tab only, and copy by hand. Both work in every tab over https, or at localhost."
    : navigator.locks === undefined
      ? "This browser cannot keep two tabs apart: use this page in one tab only."
      : undefined;

/** What does not work here, said once. */
function Notices() {
  return (
    <div class="notices">
      <p class="notice error" role="alert" hidden={coreFailure.value === undefined}>
        {coreFailure} <button type="button" class="small" onClick={() => void loadChosen()}>Try again</button>
      </p>
      <p class="notice" id="insecure" role="status" hidden={MISSING === undefined}>{MISSING}</p>
      <p class="notice" id="share-notice" role="status" hidden={shareNotice.value === undefined}>
        <Prose text={shareNotice.value ?? ""} />{" "}
        <button type="button" class="small" onClick={() => (shareNotice.value = undefined)}>OK</button>
      </p>
      <p class="notice" id="offline" role="status" hidden={!cannotSend.value}>
        {cannotSend.value ? "You are offline. Jobs continue at the provider; this page polls again when you are back online." : ""}
      </p>
    </div>
  );
}

function ToastView() {
  const shown = toast.value;
  return (
    <div class="toast-place" role="status">
      {shown && (
        <div class="toast">
          <span>{shown.text}</span>
          <button type="button" class="small" id="undo" onClick={undoToast}>{shown.action}</button>
          <button type="button" class="quiet small" aria-label="Dismiss" onClick={closeToast}><Icon name="close" /></button>
        </div>
      )}
    </div>
  );
}

/** A file may be dropped anywhere. */
function DropVeil() {
  const isOver = useSignal(false);
  useEffect(() => bindImageFiles((over) => (isOver.value = over)), []);
  return isOver.value ? <div class="drop-veil" aria-hidden="true">Drop the picture: it becomes the first frame</div> : null;
}
