import { SCENES } from "./scenes.js";

const WORDS: [RegExp, keyof typeof SCENES][] = [
  [/sea|ocean|wave|light|boat|rain|water|beach/i, "lighthouse"],
  [/city|street|tower|car|traffic|skyline|robot/i, "city"],
  [/fire|night|forest|star|owl|wood/i, "campfire"],
  [/snow|mountain|ice|fox/i, "mountains"],
];

/** The drawn scene that is closest to a prompt. */
export function posterUrl(prompt: string): string {
  const [, name] = WORDS.find(([words]) => words.test(prompt)) ?? [undefined, "balloon" as const];
  return SCENES[name];
}
