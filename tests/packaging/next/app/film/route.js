import { createFilmgate } from "filmgate";
import { filmEverywhere } from "../../common/film.mjs";

export async function GET(request) {
  const providers = Object.fromEntries(new URL(request.url).searchParams);
  return Response.json({ films: await filmEverywhere(createFilmgate, providers) });
}
