"""Drives the simulated Runware with Runware's Python client, over REST."""

import asyncio
import json
import os

from runware import Runware, RunwareError

TASK = {
    "taskType": "videoInference",
    "model": "openai:3@2",
    "positivePrompt": "A wide shot drifting through a flooded mangrove forest at twilight.",
    "width": 1280,
    "height": 720,
    "duration": 8,
    "includeCost": True,
}


def client(key: str) -> Runware:
    base = os.environ["RUNWARE_BASE"]
    return Runware(api_key=key, transport="rest", http_base_url=base, max_retries=0)


async def problem(key: str, changes: dict[str, object]) -> dict[str, object]:
    async with client(key) as runware:
        try:
            await runware.run({**TASK, **changes})
        except RunwareError as error:
            return {
                "code": error.code,
                "parameter": error.parameter,
                "status": error.status_code,
            }
    return {"code": "not rejected"}


async def main() -> None:
    async with client("any-key") as runware:
        videos = await runware.run({**TASK, "numberResults": 2})
    print(
        json.dumps(
            {
                "videos": videos,
                "invalid": await problem("any-key", {"duration": 5}),
                "failed": await problem("any-key", {"positivePrompt": "[fail]"}),
                "rejected": await problem("bad-key", {}),
                "broke": await problem("broke-key", {}),
            }
        )
    )


asyncio.run(main())
