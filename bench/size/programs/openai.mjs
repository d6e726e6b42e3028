import OpenAI from "openai";

export async function generate(apiKey, request) {
  const openai = new OpenAI({ apiKey, dangerouslyAllowBrowser: true });
  let video = await openai.videos.create(request);
  while (video.status === "queued" || video.status === "in_progress") {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    video = await openai.videos.retrieve(video.id);
  }
  return openai.videos.downloadContent(video.id);
}
