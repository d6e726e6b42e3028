import { client } from "../../../client.js";

export async function GET(request, { params }) {
  const job = await client.job((await params).id);
  if (!job?.outcome) return new Response("There is no video", { status: 404 });
  return client.download(job.outcome.videos[0]); // streams it; store it before its URL expires
}
