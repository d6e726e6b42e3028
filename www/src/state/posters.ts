// A small picture of each job's first video, for the video strip and the gallery.

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { openedLibrary } from "./library.js";

const WIDTH = 320;
const QUALITY = 0.75;
/** Shows more than the first frame, which may be black. */
const POSTER_S = 0.2;
/** No frame comes if the wanted one is shown already, or in a hidden tab. */
const FRAME_TIMEOUT_MS = 1_000;

/** The address of each job's picture, once it is read. */
const posters = new Map<string, Signal<string | undefined>>();

export function posterOf(jobId: string): string | undefined {
  let poster = posters.get(jobId);
  if (!poster) {
    poster = signal(undefined);
    posters.set(jobId, poster);
    void read(jobId, poster);
  }
  return poster.value;
}

async function read(jobId: string, poster: Signal<string | undefined>): Promise<void> {
  const blob = await (await openedLibrary()).poster(jobId).catch(() => undefined);
  if (blob && poster.value === undefined) poster.value = URL.createObjectURL(blob);
}

/** Draws the player's current frame. A video of another origin cannot be read, and has none. */
export async function takePoster(jobId: string, player: HTMLVideoElement): Promise<void> {
  if (posterOf(jobId) !== undefined) return;
  await orTimeout(nextFrame(player));
  await keepPoster(jobId, frameOf(player, WIDTH));
}

/** Draws a file that arrived while its video plays from another origin. */
export async function takePosterOf(jobId: string, file: string): Promise<void> {
  if (posterOf(jobId) === undefined) await keepPoster(jobId, await frameAt(file, () => POSTER_S, WIDTH));
}

async function keepPoster(jobId: string, canvas: HTMLCanvasElement | undefined): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => {
    try {
      canvas ? canvas.toBlob(resolve, "image/webp", QUALITY) : resolve(null);
    } catch {
      resolve(null);
    }
  });
  if (!blob || posterOf(jobId) !== undefined) return;
  posters.get(jobId)!.value = URL.createObjectURL(blob);
  await (await openedLibrary()).setPoster(jobId, blob);
}

/** A frame of a file, at the seconds that `at` chooses by its duration. */
export async function frameAt(file: string, at: (duration: number) => number, maxWidth: number): Promise<HTMLCanvasElement | undefined> {
  const player = document.createElement("video");
  player.muted = true;
  player.src = file;
  const once = (name: string) =>
    new Promise<void>((resolve, reject) => {
      player.addEventListener(name, () => resolve(), { once: true });
      player.addEventListener("error", () => reject(player.error), { once: true });
    });
  try {
    const first = nextFrame(player);
    await once("loadeddata");
    await orTimeout(first);
    const wanted = nextFrame(player);
    player.currentTime = at(player.duration);
    await once("seeked");
    await orTimeout(wanted);
    return frameOf(player, maxWidth);
  } catch {
    return undefined;
  }
}

/** Resolves once the player shows another frame: its events may come before, when drawing it gives nothing or the old one. */
function nextFrame(player: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => player.requestVideoFrameCallback(() => resolve()));
}

function orTimeout(frame: Promise<void>): Promise<void> {
  return Promise.race([frame, new Promise<void>((resolve) => setTimeout(resolve, FRAME_TIMEOUT_MS))]);
}

/** The player's current frame; `undefined` before it has one. */
function frameOf(player: HTMLVideoElement, maxWidth: number): HTMLCanvasElement | undefined {
  const { videoWidth, videoHeight } = player;
  if (videoWidth === 0) return undefined;
  const scale = Math.min(1, maxWidth / videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")!.drawImage(player, 0, 0, canvas.width, canvas.height);
  return canvas;
}
