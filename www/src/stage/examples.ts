// The four examples: from words, from a picture, from reference pictures, with sound.

import type { VideoRequest } from "filmgate";
import { fill, setImages } from "../state/draft.js";
import { announce, focusById } from "../state/ui.js";
import { attempted } from "../state/issues.js";
import { SCENES } from "./scenes.js";

export interface Example {
  name: string;
  /** What it is made from. */
  kind: string;
  scene: keyof typeof SCENES;
  request: VideoRequest;
  /** The fields that hold pictures, and the scenes in them. */
  pictures?: Record<string, (keyof typeof SCENES)[]>;
}

const COMMON = { duration: 5, resolution: "720p" } as const;

export const EXAMPLES: readonly Example[] = [
  {
    name: "Lighthouse",
    kind: "From words",
    scene: "lighthouse",
    request: {
      ...COMMON,
      prompt:
        "A lighthouse on a cliff at dusk, in heavy rain. Its beam sweeps over the sea while the waves " +
        "break white on the rocks; slow aerial shot.",
    },
  },
  {
    name: "Skyline",
    kind: "From a picture",
    scene: "city",
    pictures: { image: ["city"] },
    request: {
      duration: 5,
      resolution: "720p",
      prompt: "The city wakes: lights go out one by one, traffic begins to flow, the sun rises behind the towers.",
    },
  },
  {
    name: "Balloon",
    kind: "With references",
    scene: "balloon",
    pictures: { referenceImages: ["balloon", "mountains"] },
    request: {
      ...COMMON,
      model: "kling-o1",
      prompt: "The red balloon drifts over the snowy mountains in early light, wide shot.",
    },
  },
  {
    name: "Campfire",
    kind: "With sound",
    scene: "campfire",
    request: {
      ...COMMON,
      generateAudio: true,
      prompt: "A campfire in a pine forest at night; the fire crackles, an owl calls far away, sparks rise into the stars.",
    },
  },
];

const PICTURE = { width: 1280, height: 720 };

export async function useExample({ name, request, pictures = {} }: Example): Promise<void> {
  attempted.value = false;
  fill(request);
  for (const [path, scenes] of Object.entries(pictures)) {
    const uris = await Promise.all(scenes.map(pictureOf));
    setImages(path, uris.map((uri, index) => ({ uri, name: `${scenes[index]}.jpg, ${PICTURE.width} × ${PICTURE.height}` })));
  }
  announce(`Example loaded: ${name}.`);
  focusById("prompt");
}

/** A scene as a JPEG, as a camera would have taken it. */
async function pictureOf(scene: keyof typeof SCENES): Promise<string> {
  const image = new Image(PICTURE.width, PICTURE.height);
  image.src = SCENES[scene];
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, PICTURE);
  canvas.getContext("2d")!.drawImage(image, 0, 0, PICTURE.width, PICTURE.height);
  return canvas.toDataURL("image/jpeg", 0.85);
}
