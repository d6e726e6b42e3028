// The page: the bar, and three zones below it.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Bar } from "../bar/bar.js";
import { Compose } from "../compose/compose.js";
import { bindImageFiles } from "../compose/images.js";
import { Gallery } from "../videos/gallery.js";
import { VideoStrip } from "../videos/video-strip.js";
import { Side } from "../offers/side.js";
import { Stage } from "../stage/stage.js";
import { coreFailure, loadChosen } from "../state/core.js";
import { shareNotice } from "../state/sharing.js";
import { cannotSend } from "../state/submit.js";
import { announcement, closeToast, drawnZones, toast, undoToast } from "../state/ui.js";
import { Icon, Prose } from "./parts.js";

/** What follows the form, in this order. */
export const ZONES = 3;

export function App() {
  return (
    <>
      <a class="skip" href="#prompt">Skip to the prompt</a>
      <Bar />
      <Notices />
      <main class="zones">
        <Compose />
        <div class="middle">
          {drawnZones.value > 0 ? <><Stage /><VideoStrip /></> : <div class="stage" />}
        </div>
        {drawnZones.value > 1 ? <Side /> : <div class="side" />}
      </main>
      {drawnZones.value > 2 && <Gallery />}
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
