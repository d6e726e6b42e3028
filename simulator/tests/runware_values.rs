//! Runware: values of one parameter that a model's page rejects; none is billed.

use crate::common::refusal::{
    FRAMES, LONG, PLACE, PROMPT, SIZES, TWO_SIZES, frame, refused, unknown,
};
use crate::common::{CLIP, IMAGE, SOUND};
use serde_json::{Value, json};

#[test]
fn settings_of_another_maker() {
    let example = json!({ "positivePrompt": "A fox", "resolution": "720p" });
    refused(
        "alibaba:wan@2.6",
        &example,
        &[
            (
                json!({ "providerSettings": { "klingai": { "sound": true } } }),
                &[unknown("providerSettings.klingai")],
            ),
            (
                json!({ "providerSettings": { "alibaba": { "sound": true } } }),
                &[unknown("providerSettings.alibaba.sound")],
            ),
            (
                json!({ "providerSettings": { "alibaba": true } }),
                &[("invalidAlibaba", "providerSettings.alibaba")],
            ),
            (
                json!({ "providerSettings": { "alibaba": { "audio": "yes" } } }),
                &[("invalidAudio", "providerSettings.alibaba.audio")],
            ),
            (json!({ "providerSettings": 1 }), &[("invalidProviderSettings", "providerSettings")]),
            (json!({ "settings": {} }), &[unknown("settings")]),
            (json!({ "inputs": { "video": CLIP } }), &[unknown("inputs.video")]),
            (json!({ "inputs.audio": SOUND }), &[unknown("inputs.audio")]),
            (json!({ "fps": 24 }), &[unknown("fps")]),
        ],
    );
    let sora = json!({ "positivePrompt": "A fox", "width": 1280, "height": 720 });
    refused(
        "openai:3@1",
        &sora,
        &[
            (json!({ "routing": {} }), &[unknown("routing")]),
            (json!({ "providerSettings": {} }), &[unknown("providerSettings")]),
            (json!({ "resolution": "720p" }), &[unknown("resolution")]),
        ],
    );
}

#[test]
fn values() {
    let example = json!({ "positivePrompt": "A fox", "resolution": "720p" });
    let negative = ("invalidNegativePrompt", "negativePrompt");
    refused(
        "alibaba:wan@2.6",
        &example,
        &[
            (json!({ "positivePrompt": "" }), &[PROMPT]),
            (json!({ "positivePrompt": "x".repeat(1501) }), &[PROMPT]),
            (json!({ "positivePrompt": null }), &[("missingPositivePrompt", "positivePrompt")]),
            (json!({ "negativePrompt": "x".repeat(501) }), &[negative]),
            (json!({ "duration": 6 }), &[LONG]),
            (json!({ "resolution": "480p" }), &[("invalidResolution", "resolution")]),
            (json!({ "resolution": null, "width": 1280, "height": 721 }), &[SIZES]),
            (json!({ "seed": -1 }), &[("invalidSeed", "seed")]),
            (json!({ "seed": 1.5 }), &[("invalidSeed", "seed")]),
            (
                json!({ "inputs": { "audio": "data:audio/wav;base64,AAAA" } }),
                &[("invalidAudio", "inputs.audio")],
            ),
            (
                json!({ "inputs": { "referenceVideos": vec![CLIP; 4] } }),
                &[("invalidReferenceVideos", "inputs.referenceVideos")],
            ),
        ],
    );
    let motion = json!({ "inputs": { "referenceVideos": [CLIP] } });
    let orientation =
        ("invalidCharacterOrientation", "providerSettings.klingai.characterOrientation");
    refused(
        "klingai:kling-video@2.6-pro",
        &motion,
        &[
            (json!({ "positivePrompt": "x" }), &[PROMPT]),
            (json!({ "negativePrompt": "x" }), &[negative]),
            (json!({ "duration": 7 }), &[LONG]),
            (json!({ "CFGScale": 1.1 }), &[("invalidCFGScale", "CFGScale")]),
            (
                json!({ "providerSettings": { "klingai": { "characterOrientation": "up" } } }),
                &[orientation],
            ),
            (json!({ "width": 1920 }), &[("missingHeight", "height")]),
        ],
    );
    let vidu = json!({ "positivePrompt": "A fox", "resolution": "360p", "duration": 1 });
    refused(
        "vidu:4@1",
        &vidu,
        &[
            (json!({ "duration": 17 }), &[LONG]),
            (json!({ "duration": 0 }), &[LONG]),
            (json!({ "resolution": "480p" }), &[("invalidResolution", "resolution")]),
            (json!({ "width": 1280, "height": 720 }), &[TWO_SIZES]),
            (json!({ "resolution": null, "width": 1104, "height": 832 }), &[SIZES]),
        ],
    );
    let pruna = json!({ "positivePrompt": "A fox", "resolution": "720p", "fps": 24 });
    refused(
        "prunaai:p-video@0",
        &pruna,
        &[
            (json!({ "fps": 30 }), &[("invalidFps", "fps")]),
            (json!({ "duration": 11 }), &[LONG]),
            (json!({ "width": 1280, "height": 720 }), &[TWO_SIZES]),
            (json!({ "settings": { "draft": 1 } }), &[("invalidDraft", "settings.draft")]),
        ],
    );
}

#[test]
fn first_and_last_frames() {
    let example = json!({ "positivePrompt": "A fox", "resolution": "720p", "inputs": {} });
    let with = |frames: Value| json!({ "inputs": { "frameImages": frames } });
    refused(
        "vidu:4@1",
        &example,
        &[
            (with(json!([IMAGE, IMAGE])), &[]),
            (with(json!([frame("first"), frame("last")])), &[]),
            (with(json!([frame(0), frame("last")])), &[]),
            (with(json!([frame("last")])), &[]),
            (with(json!([IMAGE, frame("last")])), &[]),
            (with(json!([frame("first"), frame(0)])), &[PLACE]),
            (with(json!([frame("last"), frame("last")])), &[PLACE]),
            (with(json!([frame("middle")])), &[PLACE]),
            (with(json!([frame(1)])), &[PLACE]),
            (with(json!([IMAGE, IMAGE, IMAGE])), &[FRAMES]),
            (with(json!([IMAGE, "fox"])), &[FRAMES]),
            (
                with(json!([{ "image": IMAGE, "weight": 1 }])),
                &[unknown("inputs.frameImages.weight")],
            ),
        ],
    );
    for model in ["alibaba:wan@2.6", "prunaai:p-video@0", "runware:201@1"] {
        refused(
            model,
            &example,
            &[
                (with(json!([frame("first")])), &[]),
                (with(json!([frame("last")])), &[PLACE]),
                (with(json!([frame("first"), frame("last")])), &[FRAMES]),
            ],
        );
    }
    refused(
        "luma:ray@3.2",
        &example,
        &[
            (with(json!([frame("first"), frame(24), frame(48), frame("last")])), &[]),
            (with(json!([frame("middle")])), &[PLACE]),
            (with(json!([frame(24), frame(24)])), &[PLACE]),
        ],
    );
}
