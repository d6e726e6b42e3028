//! Runware: combinations of parameters that a model's page rejects; none is billed.

use crate::common::refusal::{
    ANY_SIZE, CLASH, FRAMES, LONG, PROMPT, SIZES, TWO_SIZES, frame, merge, refused,
};
use crate::common::{CLIP, IMAGE, SOUND};
use serde_json::{Value, json};

#[test]
fn the_size_must_be_determined() {
    let example = json!({ "positivePrompt": "A fox", "resolution": "720p" });
    for model in ["alibaba:wan@2.6", "runware:201@1", "bytedance:seedance@1.5-pro"] {
        refused(
            model,
            &example,
            &[
                (json!({ "resolution": null }), &[ANY_SIZE]),
                (json!({ "width": 1280, "height": 720 }), &[TWO_SIZES]),
                (json!({ "inputs": { "frameImages": [IMAGE] } }), &[]),
            ],
        );
    }
    refused(
        "alibaba:wan@2.6-flash",
        &json!({ "positivePrompt": "A fox", "resolution": "720p", "inputs": {} }),
        &[
            (json!({ "resolution": null }), &[ANY_SIZE]),
            (json!({ "inputs": null }), &[("missingInputs", "inputs")]),
            (json!({ "duration": 1 }), &[LONG]),
            (json!({ "duration": 16 }), &[LONG]),
        ],
    );
    refused(
        "klingai:5@2",
        &json!({ "positivePrompt": "A fox", "inputs": { "frameImages": [IMAGE] } }),
        &[(
            json!({ "inputs": { "frameImages": null } }),
            &[("missingFrameImages", "inputs.frameImages")],
        )],
    );
    refused(
        "runway:1@2",
        &json!({ "positivePrompt": "A fox", "width": 1280, "height": 720 }),
        &[
            (json!({ "width": null }), &[("missingWidth", "width")]),
            (
                json!({ "positivePrompt": null }),
                &[("missingParameters", "inputs.frameImages,positivePrompt")],
            ),
            (json!({ "positivePrompt": null, "inputs": { "frameImages": [IMAGE] } }), &[]),
            (json!({ "duration": 6 }), &[LONG]),
            (
                json!({ "providerSettings":
                    { "runway": { "contentModeration": { "publicFigureThreshold": "high" } } } }),
                &[(
                    "invalidPublicFigureThreshold",
                    "providerSettings.runway.contentModeration.publicFigureThreshold",
                )],
            ),
        ],
    );
}

#[test]
fn wan_combinations() {
    let example = json!({ "positivePrompt": "A fox", "resolution": "720p", "inputs": {},
        "providerSettings": { "alibaba": { "shotType": "multi" } } });
    let shots = ("invalidPromptExtend", "providerSettings.alibaba.promptExtend");
    for model in ["alibaba:wan@2.6", "alibaba:wan@2.6-flash"] {
        refused(
            model,
            &example,
            &[
                (json!({ "providerSettings": { "alibaba": { "promptExtend": true } } }), &[]),
                (json!({ "providerSettings": { "alibaba": { "promptExtend": false } } }), &[shots]),
                (
                    json!({ "inputs": { "audio": SOUND },
                        "providerSettings": { "alibaba": { "audio": false } } }),
                    &[(CLASH, "inputs.audio,providerSettings.alibaba.audio")],
                ),
            ],
        );
    }
    let both = json!({ "inputs": { "frameImages": [IMAGE], "referenceVideos": [CLIP] } });
    let clash = (CLASH, "inputs.frameImages,inputs.referenceVideos");
    refused("alibaba:wan@2.6", &example, &[(both.clone(), &[clash])]);
    refused("alibaba:wan@2.6-flash", &example, &[(both, &[])]);
}

#[test]
fn kling_combinations() {
    let size = json!({ "positivePrompt": "A fox", "width": 1920, "height": 1080, "inputs": {} });
    let no_size = json!({ "width": null, "height": null });
    let instead = |inputs: Value| json!({ "width": null, "height": null, "inputs": inputs });
    refused(
        "klingai:kling@o1",
        &size,
        &[
            (
                no_size.clone(),
                &[("missingDimensions", "inputs.frameImages,inputs.referenceImages,width,height")],
            ),
            (
                json!({ "inputs": { "frameImages": [IMAGE] } }),
                &[(CLASH, "width,height,inputs.frameImages")],
            ),
            (
                instead(json!({ "frameImages": [IMAGE], "referenceImages": [IMAGE] })),
                &[(CLASH, "inputs.referenceImages,inputs.frameImages")],
            ),
            (json!({ "duration": 7 }), &[LONG]),
            (json!({ "duration": 10 }), &[]),
            (json!({ "width": 1280, "height": 720 }), &[SIZES]),
            (json!({ "positivePrompt": "x".repeat(2501) }), &[PROMPT]),
            (instead(json!({ "referenceImages": vec![IMAGE; 7] })), &[]),
            (
                instead(json!({ "referenceImages": vec![IMAGE; 8] })),
                &[("invalidReferenceImages", "inputs.referenceImages")],
            ),
            (instead(json!({ "video": CLIP, "referenceImages": vec![IMAGE; 4] })), &[]),
            (
                instead(json!({ "video": CLIP, "referenceImages": vec![IMAGE; 5] })),
                &[("invalidReferenceImages", "inputs.referenceImages")],
            ),
            (
                instead(json!({ "referenceVideos": [CLIP, CLIP] })),
                &[("invalidReferenceVideos", "inputs.referenceVideos")],
            ),
        ],
    );
    let framed = json!({ "positivePrompt": "A fox", "duration": 5,
        "inputs": { "frameImages": [IMAGE] } });
    refused(
        "klingai:kling@o1-standard",
        &framed,
        &[
            (json!({ "duration": 6 }), &[LONG]),
            (json!({ "duration": 6, "inputs": { "referenceVideos": [CLIP] } }), &[LONG]),
        ],
    );
    let prompts = |count: usize| {
        let shot = json!({ "prompt": "A fox", "duration": 3 });
        json!({ "providerSettings": { "klingai": { "multiPrompt": vec![shot; count] } } })
    };
    let wrong_prompts = ("invalidMultiPrompt", "providerSettings.klingai.multiPrompt");
    refused(
        "klingai:kling-video@3-pro",
        &size,
        &[
            (no_size, &[("missingDimensions", "inputs.frameImages,width,height")]),
            (
                json!({ "inputs": { "elements": [{}] } }),
                &[("missingFrameImages", "inputs.frameImages")],
            ),
            (instead(json!({ "elements": [{}], "frameImages": [IMAGE] })), &[]),
            (
                instead(json!({ "elements": [{}, {}, {}, {}], "frameImages": [IMAGE] })),
                &[("invalidElements", "inputs.elements")],
            ),
            (json!({ "duration": 2 }), &[LONG]),
            (json!({ "duration": 16 }), &[LONG]),
            (prompts(6), &[]),
            (prompts(7), &[wrong_prompts]),
            (
                json!({ "providerSettings": { "klingai": { "multiPrompt": [{ "prompt": "A fox" }] } } }),
                &[wrong_prompts],
            ),
            // Documented as both required and forbidden with a video: neither is enforced.
            (instead(json!({ "referenceVideos": [CLIP] })), &[]),
        ],
    );
}

#[test]
fn veo_combinations() {
    let size = json!({ "positivePrompt": "A fox", "width": 1280, "height": 720, "inputs": {} });
    let instead = |inputs: Value| json!({ "width": null, "height": null, "inputs": inputs });
    let extend = |changes: Value| {
        let mut extend = instead(json!({ "video": CLIP }));
        merge(extend.as_object_mut().unwrap(), changes.as_object().unwrap());
        extend
    };
    for model in ["google:3@2", "google:3@3"] {
        refused(
            model,
            &size,
            &[
                (
                    json!({ "width": null, "height": null, "resolution": "720p" }),
                    &[("missingDimensions", "inputs.frameImages,width,height")],
                ),
                (
                    json!({ "inputs": { "frameImages": [IMAGE] } }),
                    &[(CLASH, "width,height,inputs.frameImages")],
                ),
                (json!({ "resolution": "720p" }), &[TWO_SIZES]),
                (json!({ "duration": 7 }), &[LONG]),
                (json!({ "duration": 5 }), &[LONG]),
                (json!({ "inputs": { "video": CLIP } }), &[(CLASH, "inputs.video,width,height")]),
                (extend(json!({ "duration": 7 })), &[]),
                (extend(json!({ "duration": 8 })), &[LONG]),
                (
                    extend(json!({ "seed": 1, "resolution": "720p" })),
                    &[(CLASH, "inputs.video,seed,resolution")],
                ),
                (json!({ "duration": 8, "inputs": { "referenceImages": [IMAGE] } }), &[]),
                (json!({ "duration": 4, "inputs": { "referenceImages": [IMAGE] } }), &[LONG]),
                (
                    json!({ "providerSettings": { "google": { "resizeMode": "crop" } } }),
                    &[("missingFrameImages", "inputs.frameImages")],
                ),
                (
                    extend(json!({ "inputs": { "video": null, "frameImages": [IMAGE] },
                        "resolution": "4k" })),
                    &[("invalidResolution", "resolution")],
                ),
            ],
        );
    }
}

#[test]
fn other_makers_combinations() {
    refused(
        "minimax:4@1",
        &json!({ "positivePrompt": "A fox", "width": 1920, "height": 1080, "duration": 6 }),
        &[
            (json!({ "duration": 10 }), &[LONG]),
            (json!({ "duration": 10, "width": 1366, "height": 768 }), &[]),
            (json!({ "fps": 24 }), &[("invalidFps", "fps")]),
            (json!({ "positivePrompt": "x".repeat(2001) }), &[PROMPT]),
        ],
    );
    // The documented rule that any provider setting allows 480p only is not enforced.
    refused(
        "bytedance:seedance@1.5-pro",
        &json!({ "positivePrompt": "A fox", "resolution": "720p",
            "providerSettings": { "bytedance": { "audio": true } } }),
        &[
            (json!({ "duration": "auto" }), &[]),
            (json!({ "duration": "long" }), &[LONG]),
            (json!({ "duration": 13 }), &[LONG]),
        ],
    );
    let ray = json!({ "positivePrompt": "A fox", "resolution": "720p", "duration": 5 });
    let settings = |settings: Value| json!({ "settings": settings });
    let mut looped = settings(json!({ "loop": true }));
    looped["inputs"] = json!({ "frameImages": [IMAGE, IMAGE] });
    let mut ended = looped.clone();
    ended["inputs"] = json!({ "frameImages": [frame("last")] });
    refused(
        "luma:ray@3.2",
        &ray,
        &[
            (settings(json!({ "loop": true, "hdr": false })), &[]),
            (settings(json!({ "loop": true, "hdr": true })), &[("invalidHdr", "settings.hdr")]),
            (looped, &[FRAMES]),
            (ended, &[FRAMES]),
            (json!({ "duration": 10, "settings": { "loop": true } }), &[LONG]),
            (settings(json!({ "exrExport": true })), &[("invalidHdr", "settings.hdr")]),
            (settings(json!({ "exrExport": true, "hdr": true })), &[]),
            (json!({ "duration": 10, "settings": { "hdr": true } }), &[LONG]),
            (
                json!({ "resolution": "540p", "settings": { "hdr": true } }),
                &[("invalidResolution", "resolution")],
            ),
            (
                json!({ "resolution": null, "settings": { "hdr": true } }),
                &[("missingResolution", "resolution")],
            ),
        ],
    );
}
