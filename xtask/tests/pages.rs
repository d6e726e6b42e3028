//! The ways in which RunPod's pages say a limit or a price, each on a page that agrees with its row.

use xtask::Report;

/// A page: its parameters as `name type attributes` with the words below, and its section on cost.
fn page(id: &str, params: &[(&str, &str)], cost: &str) -> String {
    let mut text =
        format!("---\ntitle: \"{id}\"\n---\n\n`https://api.runpod.ai/v2/{id}/runsync`\n\n");
    for (tag, words) in params {
        let (name, rest) = tag.split_once(' ').unwrap();
        let (kind, attributes) = rest.split_once(' ').unwrap_or((rest, ""));
        text.push_str(&format!(
            "<ParamField body=\"input.{name}\" type=\"{kind}\" {attributes}>\n  {words}\n</ParamField>\n\n"
        ));
    }
    text + "## Cost calculation\n\n" + cost
}

fn differs(page: &str) -> String {
    let mut report = Report::new(false);
    report.add("page", Ok(page.as_bytes()));
    let place = |line: &str| line.split(" → ").next().unwrap_or_default().to_owned() + "\n";
    report.end().text.lines().map(place).collect()
}

const PROMPT: (&str, &str) = ("prompt string required", "What happens.");
const IMAGE: (&str, &str) = ("image string required", "Address of a picture.");
const NEGATIVE: (&str, &str) = ("negative_prompt string", "What shall not be seen.");
const SEED: (&str, &str) = ("seed integer default=\"-1\"", "Draws one at -1.");
const SAFETY: (&str, &str) = ("enable_safety_checker boolean default=\"true\"", "Checks it.");

#[test]
fn durations_in_the_head_and_resolutions_at_the_side() {
    let text = page(
        "sora-2-pro-i2v",
        &[
            PROMPT,
            IMAGE,
            ("size string default=\"720p\"", "Resolution."),
            ("duration integer required", "In seconds. Valid options: 4, 8, or 12."),
        ],
        "| Resolution | 4 seconds | 8 seconds | 12 seconds |\n|---|---|---|---|\n\
         | 720p | \\$1.20 | \\$2.40 | \\$3.60 |\n| 1080p | \\$2.00 | \\$4.00 | \\$6.00 |\n",
    );
    assert_eq!(differs(&text), "runpod:sora-2-pro-i2v: no difference (0 known)\n");
}

#[test]
fn a_unit_in_the_head_and_an_example_in_a_sentence() {
    let text = page(
        "seedance-v1-5-pro-i2v",
        &[
            PROMPT,
            IMAGE,
            ("last_image string deprecated='no'", "Address of a last picture."),
            ("duration integer default=\"5\"", "In seconds. Range: 4-12 seconds."),
            ("resolution string default=\"720p\"", "Options: `480p`, `720p`."),
            (
                "aspect_ratio string default=\"16:9\"",
                "Options: `21:9`, `16:9`, `9:16`, `1:1`, `4:3`, `3:4`.",
            ),
            ("camera_fixed boolean default=\"false\"", "The camera stays."),
            ("generate_audio boolean default={ false }", "Adds sound."),
            SEED,
        ],
        "| Resolution | Cost per second |\n|---|---|\n| 480p | \\$0.024 |\n| 720p | $0.052 |\n\n\
         Example: 5 seconds at 720p cost \\$0.26.\n",
    );
    let expected = "runpod:seedance-v1-5-pro-i2v: no difference (4 known)\n";
    assert_eq!(differs(&text), expected);
    let dearer = text.replace("\\$0.26", "\\$0.27");
    assert_eq!(
        differs(&dearer),
        "runpod:seedance-v1-5-pro-i2v price $0.27 a video of 5 s at 720p: in the document, not in the row\n"
    );
}

#[test]
fn blocks_of_seconds() {
    let text = page(
        "kling-v2-6-std-motion-control",
        &[
            IMAGE,
            ("video string required", "Address of a video."),
            ("character_orientation string required", "Options: `video`, `image`."),
            ("prompt string", "What happens."),
            NEGATIVE,
            ("keep_original_sound boolean default=\"true\"", "Keeps its sound."),
        ],
        "| Duration | Cost |\n|---|---|\n| 1-3 seconds | \\$0.21 |\n| 4-6 seconds | \\$0.42 |\n\
         | 7-9 seconds | \\$0.63 |\n",
    );
    let listing = "runpod:kling-v2-6-std-motion-control";
    assert_eq!(differs(&text), format!("{listing}: no difference (0 known)\n"));
    let dearer = text.replace("0.63", "0.64");
    assert_eq!(
        differs(&dearer),
        format!("{listing} price $0.64 a video of 9 s: in the document, not in the row\n")
    );
}

#[test]
fn a_rate_in_a_sentence_and_a_number_of_items() {
    let text = page(
        "kling-video-o1-r2v",
        &[
            PROMPT,
            ("images array required", "Array of 1-10 addresses."),
            ("video string", "Address of a video."),
            NEGATIVE,
            ("aspect_ratio string default=\"16:9\"", "Options: `16:9`, `9:16`, `1:1`."),
            ("duration integer default=\"5\"", "In seconds. Options: 3-10 seconds."),
            SEED,
            ("enable_prompt_expansion boolean default=\"false\"", "Rewrites it."),
            SAFETY,
        ],
        "It costs \\$0.112 per second:\n\n| Duration | Cost |\n|---|---|\n| 3 seconds | \\$0.336 |\n",
    );
    let listing = "runpod:kling-video-o1-r2v";
    assert_eq!(differs(&text), format!("{listing}: no difference (4 known)\n"));
    let more = text.replace("1-10 addresses", "1-12 addresses");
    assert_eq!(
        differs(&more),
        format!("{listing} input.images maxItems: 12 in the document, 10 in the row\n")
    );
}

#[test]
fn numbers_with_a_point_and_items_of_a_list() {
    let numbers = page(
        "wan-2-2-i2v-720",
        &[
            PROMPT,
            IMAGE,
            NEGATIVE,
            ("size string default=\"1280*720\"", "As \"width*height\"."),
            ("num_inference_steps integer default=\"30\"", "Range: 1-50."),
            ("guidance float default=\"5\"", "Range: 0.0-10.0."),
            ("duration integer default=\"5\"", "In seconds."),
            ("flow_shift integer default=\"5\"", "How it flows."),
            SEED,
            ("enable_prompt_optimization boolean default=\"false\"", "Rewrites it."),
            SAFETY,
        ],
        "| Duration | Cost |\n|---|---|\n| 5 seconds | $0.30 |\n| 8 seconds | $0.48 |\n\
         | 10 seconds | $0.60 |\n| 15 seconds | $0.90 |\n",
    );
    let loras = page(
        "wan-2-2-t2v-720-lora",
        &[
            PROMPT,
            IMAGE,
            ("high_noise_loras array", "For the first steps."),
            ("high_noise_loras[].path string required", "Where it is."),
            ("low_noise_loras array", "For the last steps."),
            ("duration integer default=\"5\"", "In seconds."),
            SEED,
            SAFETY,
        ],
        "| Duration | Cost |\n|---|---|\n| 5 seconds | $0.35 |\n| 8 seconds | $0.56 |\n\n\
         ## See also\n\nAnother costs $9.00.\n",
    );
    assert_eq!(differs(&numbers), "runpod:wan-2-2-i2v-720: no difference (6 known)\n");
    assert_eq!(differs(&loras), "runpod:wan-2-2-t2v-720-lora: no difference (7 known)\n");
}
