"""What the published `openai` package for Python sees at the gateway, as one line of JSON."""

import base64
import json
import os

import openai

client = openai.OpenAI(api_key=os.environ["TOKEN"], base_url=os.environ["URL"] + "/v1")
prompt = "A paper boat on a rainy street"

video = client.videos.create_and_poll(
    prompt=prompt, seconds="10", size="1280x720", poll_interval_ms=200
)
content = client.videos.download_content(video.id).read()

png = base64.b64decode(os.environ["PNG"])
pictured = client.videos.create_and_poll(
    prompt=prompt, input_reference=("first.png", png, "image/png"), poll_interval_ms=200
)
extended = client.videos.create(
    prompt=prompt,
    extra_body={"filmgate": {"n": 2, "provider": "runware", "maxCostUsd": 1.5, "generateAudio": True}},
)

remix = client.videos.remix(video.id, prompt="The boat catches fire")
polled = client.videos.poll(remix.id, poll_interval_ms=200)
listed = [video.id for video in client.videos.list(limit=1)]
deleted = client.videos.delete(remix.id)

refusals = []
for call in [
    lambda: client.videos.retrieve(remix.id),
    lambda: client.videos.create(prompt=prompt, seconds="4"),
    lambda: openai.OpenAI(api_key="fgw_nobody", base_url=client.base_url).videos.list(),
]:
    try:
        call()
    except openai.APIStatusError as error:
        refusals.append([type(error).__name__, error.status_code, error.code, error.param])

print(
    json.dumps(
        {
            "video": video.model_dump(),
            "box": content[4:8].decode(),
            "pictured": pictured.status,
            "extended": extended.model_dump()["filmgate"]["handle"],
            "remix": [remix.remixed_from_video_id, remix.seconds, polled.status],
            "listed": [len(listed), remix.id in listed],
            "deleted": deleted.deleted,
            "refusals": refusals,
        }
    )
)
