"""What the published `litellm` package sees at the gateway, as one line of JSON."""

import base64
import io
import json
import os
import time

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402

litellm.telemetry = False
litellm.suppress_debug_info = True
at = {"api_base": os.environ["URL"] + "/v1", "api_key": os.environ["TOKEN"], "custom_llm_provider": "openai"}
prompt = "A paper boat on a rainy street"


def ended(video_id):
    while True:
        video = litellm.video_status(video_id=video_id, **at)
        if video.status in ("completed", "failed"):
            return video
        time.sleep(0.2)


made = litellm.video_generation(
    model="wan-2.6",
    prompt=prompt,
    seconds="5",
    size="1280x720",
    user="user-7",
    extra_body={"filmgate": {"provider": "runware", "maxCostUsd": 1}},
    **at,
)
video = ended(made.id)
content = litellm.video_content(video_id=made.id, **at)
png = base64.b64decode(os.environ["PNG"])
pictured = litellm.video_generation(
    model="wan-2.6", prompt=prompt, input_reference=io.BytesIO(png), **at
)
aliased = litellm.video_generation(model="sora-2", prompt=prompt, **at)
listed = litellm.video_list(**at)
source = litellm.video_generation(model="kling-o1", prompt=prompt, seconds="5", size="1280x720", **at)
ended(source.id)
remixed = litellm.video_remix(video_id=source.id, prompt="The boat catches fire", **at)

refusals = []
for call in [
    lambda: litellm.video_status(video_id="video_" + "0" * 64, **at),
    lambda: litellm.video_generation(model="wan-2.6", prompt=prompt, seconds="4", **at),
    lambda: litellm.video_status(video_id=made.id, **{**at, "api_key": "fgw_nobody"}),
]:
    try:
        call()
    except Exception as error:
        refusals.append([type(error).__name__, getattr(error, "status_code", None)])

print(
    json.dumps(
        {
            "made": [made.status, made.seconds, made.size],
            "ended": [video.status, ended(pictured.id).status, ended(aliased.id).status, ended(remixed.id).status],
            "box": content[4:8].decode(),
            "aliased": aliased.model,
            "listed": len(listed["data"] if isinstance(listed, dict) else listed),
            "refusals": refusals,
        }
    )
)
