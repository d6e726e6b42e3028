"use server";
import { redirect } from "next/navigation";
import { client } from "./client.js";

/** Anyone can call an action: authenticate and limit your users here. */
export async function startVideo(form) {
  const id = form.get("id");
  const request = { model: "p-video", prompt: form.get("prompt"), duration: 5, resolution: "720p" };
  await client.start(request, { idempotencyKey: id, maxCostUsd: 1 });
  redirect(`/videos/${id}`);
}

export async function checkVideo(id) {
  const job = await client.job(id);
  if (!job) return { status: "missing" };
  const { status, progress, nextPollAt, error } = await client.status(job.handle);
  return { status, progress, nextPollAt, error: error?.message };
}
