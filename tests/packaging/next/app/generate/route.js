import { createFilmgate } from "filmgate";
import { generateEverywhere } from "../../common/generate.mjs";

export async function GET(request) {
  const providers = Object.fromEntries(new URL(request.url).searchParams);
  return Response.json({ videos: await generateEverywhere(createFilmgate, providers) });
}
