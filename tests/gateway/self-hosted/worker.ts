// Answers with what the local engine gives a worker: its URL, its client's address, and how often its cron ran.
interface Env {
  VIDEO_BUCKET: R2Bucket;
}

let runs = 0;
let cron = "";

export default {
  async fetch(request, env) {
    await env.VIDEO_BUCKET.put("videos/secret", "a video");
    return Response.json({ url: request.url, address: request.headers.get("cf-connecting-ip"), runs, cron });
  },
  scheduled(controller) {
    runs += 1;
    cron = controller.cron;
  },
} satisfies ExportedHandler<Env>;
