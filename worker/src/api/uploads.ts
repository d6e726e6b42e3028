// Pictures, for the provider that films them: at signed addresses that expire.
import { verifySigned } from "../signing.js";
import type { Call } from "./context.js";
import { nowhere } from "./errors.js";
import { typeOfName } from "./images.js";

export async function upload(c: Call): Promise<Response> {
  const job = c.req.param("job") ?? "";
  const name = c.req.param("name") ?? "";
  const type = typeOfName(name);
  const isOurs = type && /^[0-9a-f]{64}$/.test(job) && (await verifySigned(c.env, c.req.url));
  const file = isOurs ? await c.env.VIDEO_BUCKET.get(`uploads/${job}/${name}`) : null;
  // The same answer for one that is gone as for one that never was.
  if (!type || !file) throw nowhere();
  return new Response(file.body, {
    headers: {
      "content-type": type,
      "content-length": String(file.size),
      "content-disposition": "attachment",
      "cache-control": "private, no-store",
      etag: file.httpEtag,
    },
  });
}
