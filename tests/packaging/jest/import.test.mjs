import { writeFile } from "node:fs/promises";
import { FilmgateError, createFilmgate } from "filmgate";
import { generateEverywhere } from "./common/generate.mjs";

test("generates everywhere", async () => {
  const videos = await generateEverywhere(createFilmgate, JSON.parse(process.env.PROVIDERS));
  expect(videos).toHaveLength(2);
  await writeFile("report.json", JSON.stringify({ videos }));
}, 60_000);

test("an error is a FilmgateError", async () => {
  await expect(createFilmgate().submit({})).rejects.toBeInstanceOf(FilmgateError);
});
