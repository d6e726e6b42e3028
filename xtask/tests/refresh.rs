//! A refresh from every kind of document: what differs is named with its place in the catalog.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use filmgate::catalog::{Listing, MODELS, State};
use filmgate::provider::ProviderId;
use serde_json::{Value, json};
use xtask::{End, Report};

const WAN: &str = include_str!("fixtures/alibaba-wan2-6.json");
const P_VIDEO: &str = include_str!("fixtures/p-video.mdx");
const TYPES: &str = include_str!("fixtures/task_map.py");
const CONFIGS: &str = include_str!("fixtures/configs.json");
const KLING: &str = include_str!("fixtures/klingai-video-3-0-standard.json");
const KLING_FILE: &str = "klingai-video-3-0-standard.json";

fn end(files: &[(&str, &str)]) -> End {
    let mut report = Report::new(false);
    for (name, text) in files {
        report.add(name, Ok(text.as_bytes()));
    }
    report.end()
}

/// The lines about what differs on a changed document.
fn lines(name: &str, text: &str) -> Vec<String> {
    let End { text, code, .. } = end(&[(name, text)]);
    assert_eq!(code, 1, "{text}");
    text.lines().filter(|line| !line.contains(": no difference")).map(str::to_owned).collect()
}

fn changed(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the fixture has no {from:?}");
        text.replacen(from, to, 1)
    })
}

fn sold(provider: ProviderId) -> impl Iterator<Item = &'static Listing> {
    let all = MODELS.iter().flat_map(|model| model.listings.iter());
    all.filter(move |row| row.provider == provider && row.status.state != State::Retired)
}

/// The types with every model of the catalog in their table, and nothing that the catalog lacks.
fn all_types() -> String {
    let rows = sold(ProviderId::Runware).map(|row| {
        let id = &row.provider_model_id;
        format!("    \"{id}\": ModelEntry(task_type=\"videoInference\", id=\"any\"),\n")
    });
    let own = "    \"alibaba:wan@2.6\": ModelEntry(task_type=\"videoInference\", id=\"alibaba-wan2-6\"),\n";
    let dream = "    \"example:dream@9\": ModelEntry(task_type=\"videoInference\", id=\"example-dream-9\"),\n";
    changed(TYPES, &[(own, &rows.collect::<String>()), (dream, "")])
}

/// The public configs with every endpoint of the catalog.
fn all_configs() -> Value {
    let mut configs: Value = serde_json::from_str(CONFIGS).unwrap();
    let list = configs["data"]["allAiApiPublicConfigs"].as_array_mut().unwrap();
    for row in sold(ProviderId::Runpod).filter(|row| row.provider_model_id != "p-video") {
        list.push(json!({ "aiApiId": row.provider_model_id, "isLive": true }));
    }
    configs
}

#[test]
fn a_schema_changed_in_ten_ways() {
    let edits = [
        ("\"x-status\": \"live\"", "\"x-status\": \"deprecated\""),
        ("\"maxLength\": 1500", "\"maxLength\": 2000"),
        ("\"negativePrompt\"", "\"mood\""),
        ("\"enum\": [5, 10, 15]", "\"enum\": [5, 10, 20]"),
        (
            "\"enum\": [\"720p\", \"1080p\"]",
            "\"enum\": [\"720p\", \"1080p\"], \"default\": \"720p\"",
        ),
        ("\"seed\": { \"type\": \"integer\"", "\"seed\": { \"type\": \"string\""),
        ("\"maxItems\": 3", "\"maxItems\": 5"),
        ("\"width\": { \"const\": 960 }", "\"width\": { \"const\": 1024 }"),
        ("$0.15/s for 1080p", "$0.18/s for 1080p"),
        ("$2.25", "$2.70"),
        ("\"taskUUID\", \"model\",", "\"taskUUID\", \"resolution\", \"model\","),
    ];
    let place = |below: &str| format!("catalog/wan-2.6.json: listings.2.{below}");
    let expected = [
        ("status: deprecated in the document, live in the row", "status"),
        ("positivePrompt maxLength: 2000 in the document, 1500 in the row", "params.0.max"),
        ("negativePrompt: not in the document", "params.1"),
        ("inputs.referenceVideos maxItems: 5 in the document, 3 in the row", "params.3.max"),
        ("duration values: 5, 10, 20 in the document, 5, 10, 15 in the row", "params.5.allowed"),
        ("resolution required: yes in the document, no in the row", "params.6.required"),
        ("resolution default: \"720p\" in the document, none in the row", "params.6.default"),
        ("seed type: string in the document, integer in the row", "params.8.type"),
        ("mood: new parameter (string, maxLength 500, minLength 1)", "params"),
        ("size 1024x960: in the document, not in the row", "params"),
        ("size 960x960: in the row, not in the document", "params"),
        ("price $0.18 a second at 1080p: in the document, not in the row", "prices"),
        ("price $0.15 a second at 1080p: in the row, not in the document", "prices.1"),
    ];
    let expected =
        expected.map(|(text, below)| format!("runware:alibaba:wan@2.6 {text} → {}", place(below)));
    assert_eq!(lines("schema.json", &changed(WAN, &edits)), expected);
}

#[test]
fn every_place_is_in_its_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for model in MODELS.iter() {
        let file = fs::read_to_string(root.join(format!("catalog/{}.json", model.id))).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        for (at, row) in model.listings.iter().enumerate() {
            let listing = &file["listings"][at];
            assert_eq!(listing["providerModelId"], *row.provider_model_id);
            for (at, param) in row.params.iter().enumerate() {
                assert_eq!(listing["params"][at]["providerField"], *param.provider_field);
            }
            let prices = listing["prices"].as_array().map_or(0, Vec::len);
            assert_eq!(prices, row.rates.len(), "{}", model.id);
        }
    }
}

#[test]
fn the_types_of_the_sdk() {
    let types = all_types();
    let End { text, .. } = end(&[("task_map.py", &types)]);
    assert!(text.contains("runware:alibaba:wan@2.6: no difference (5 known)\n"), "{text}");
    // The fixture has none of the models that are left out on purpose.
    let differences = |text: &str| -> Vec<String> {
        lines("task_map.py", text).into_iter().filter(|line| !line.contains("outdated")).collect()
    };
    assert_eq!(differences(&types), Vec::<String>::new());
    let edits = [
        ("positivePrompt: str", "positivePrompt: NotRequired[str]"),
        ("    negativePrompt: NotRequired[str]\n", "    mood: NotRequired[Literal['calm']]\n"),
        ("Literal[5, 10, 15]", "Literal[5, 10]"),
        ("inputs: NotRequired[dict[str, object]]", "things: NotRequired[str]"),
    ];
    let gone = "    \"klingai:kling-video@3-standard\": ModelEntry(task_type=\"videoInference\", id=\"any\"),\n";
    let text = changed(&changed(&types, &edits), &[(gone, "")]);
    let place = "catalog/wan-2.6.json: listings.2";
    assert_eq!(
        differences(&text),
        [
            format!("runware:alibaba:wan@2.6 positivePrompt required: no in the document, yes in the row → {place}.params.0.required"),
            format!("runware:alibaba:wan@2.6 negativePrompt: not in the document → {place}.params.1"),
            format!("runware:alibaba:wan@2.6 inputs.frameImages: not in the document → {place}.params.2"),
            format!("runware:alibaba:wan@2.6 inputs.referenceVideos: not in the document → {place}.params.3"),
            format!("runware:alibaba:wan@2.6 inputs.audio: not in the document → {place}.params.4"),
            format!("runware:alibaba:wan@2.6 duration values: 5, 10 in the document, 5, 10, 15 in the row → {place}.params.5.allowed"),
            format!("runware:alibaba:wan@2.6 things: new parameter (string) → {place}.params"),
            format!("runware:alibaba:wan@2.6 mood: new parameter (string, one of \"calm\") → {place}.params"),
            "runware:klingai:kling-video@3-standard: gone: not in task_map.py → catalog/kling-3.0-standard.json: listings.0.status".to_owned(),
        ]
    );
}

#[test]
fn a_pricing_answer() {
    let same = end(&[(KLING_FILE, KLING)]);
    assert_eq!(
        (same.text.as_str(), same.code),
        ("runware:klingai:kling-video@3-standard: no difference (0 known)\n", 0)
    );
    let edits = [
        ("\"live\"", "\"deprecated\""),
        ("0.084", "0.09"),
        ("\"label\": \"720p · audio\"", "\"label\": \"720p · audio\", \"after\": 10"),
        ("$0.63", "$0.70"),
    ];
    let told = lines(KLING_FILE, &changed(KLING, &edits));
    let place = "catalog/kling-3.0-standard.json: listings.0";
    for line in [
        "status: deprecated in the document, live in the row → PLACE.status",
        "price $0.70 a video of 5 s at 720p, with sound: in the document, not in the row → PLACE.prices",
        "price $0.09 a second at 720p, silent: in the document, not in the row → PLACE.prices",
        "price $0.126 per durationSecond after 10, 720p · audio: read it, the unit is not known → PLACE.prices",
    ] {
        let line =
            format!("runware:klingai:kling-video@3-standard {}", line.replace("PLACE", place));
        assert!(told.contains(&line), "{line}\n{told:#?}");
    }
    assert_eq!(told.len(), 4, "{told:#?}");
}

#[test]
fn the_list_of_endpoints() {
    let mut configs = all_configs();
    // An endpoint that is known from others only is now known to be sold.
    let is_news =
        |line: &String| line.contains("status: live in the document, unverified in the row");
    let same = end(&[("configs.json", &configs.to_string())]).text;
    let mut same = same.lines().filter(|line| !line.contains(": no difference")).map(str::to_owned);
    assert!(same.all(|line| is_news(&line)));
    let list = configs["data"]["allAiApiPublicConfigs"].as_array_mut().unwrap();
    list.retain(|config| config["aiApiId"] != "wan-2-5");
    list[0]["isLive"] = false.into();
    list[0]["metadata"] = json!({ "source": "video", "priceString": "$0.03 per second at 720p" });
    list[0]["schema"] = json!({ "properties": {
        "prompt": { "type": "string" }, "mood": { "enum": ["calm"] }
    }, "required": ["prompt"] });
    list.push(json!({ "aiApiId": "dream-9", "displayName": "Dream/9", "isLive": true,
        "metadata": "{\"source\":\"video\"}" }));
    let told = lines("configs.json", &configs.to_string());
    for line in [
        "runpod:p-video status: not live in the document, live in the row → catalog/p-video.json: listings.0.status",
        "runpod:p-video input.mood: new parameter (one of \"calm\") → catalog/p-video.json: listings.0.params",
        "runpod:p-video input.image: not in the document → catalog/p-video.json: listings.0.params.1",
        "runpod:p-video price $0.03 a second at 720p: in the document, not in the row → catalog/p-video.json: listings.0.prices",
        "runpod:dream-9: not in the catalog → catalog/",
        "runpod:wan-2-5: gone: not in configs.json → catalog/wan-2.5.json: listings.0.status",
    ] {
        assert!(told.iter().any(|one| one == line), "{line}\n{told:#?}");
    }
}

#[test]
fn two_documents_of_a_listing_are_one_report() {
    let configs = all_configs().to_string();
    let page = changed(P_VIDEO, &[("default=\"24\"", "default=\"48\"")]);
    let End { text, code, .. } = end(&[("configs.json", &configs), ("page.mdx", &page)]);
    assert_eq!(code, 1);
    let own: Vec<&str> = text.lines().filter(|line| line.contains("runpod:p-video")).collect();
    let [line] = own.as_slice() else { panic!("{own:?}") };
    assert!(line.starts_with("runpod:p-video input.fps default: 48"), "{line}");
}

#[test]
fn an_entry_for_all_listings_is_outdated_once_no_document_has_it() {
    let schemas = sold(ProviderId::Runware)
        .map(|row| changed(WAN, &[("\"x-air-id\": \"alibaba:wan@2.6\"", &air(row))]));
    let schemas: Vec<String> = schemas.collect();
    let types = all_types();
    let mut files: Vec<(&str, &str)> =
        schemas.iter().map(|text| ("schema.json", &**text)).collect();
    let outdated = "outdated: runware:* settings.safetyFilter: new parameter*";
    assert!(!end(&files).text.contains(outdated));
    files.push(("task_map.py", &types));
    let text = end(&files).text;
    assert!(text.contains(outdated), "{text}");
    assert!(!text.contains("outdated: runware:* taskType"), "{text}");
}

fn air(row: &Listing) -> String {
    format!("\"x-air-id\": \"{}\"", row.provider_model_id)
}

#[test]
fn a_draft_takes_what_each_document_knows() {
    let pricing = json!({ "air": "example:dream@9", "status": "live", "pricingRates": [
        { "amount": 0.2, "unit": "durationSecond" }, { "amount": 3, "unit": "credit" }
    ] });
    let End { drafts, .. } = end(&[("dream.json", &pricing.to_string()), ("task_map.py", TYPES)]);
    let [draft] = drafts.as_slice() else { panic!("{} drafts", drafts.len()) };
    assert_eq!(draft.id, "example-dream-9");
    let file: Value = serde_json::from_str(&draft.text).unwrap();
    let listing = &file["listings"][0];
    assert_eq!(listing["status"]["state"], "live");
    assert_eq!(listing["prices"], json!([{ "usd": 0.2, "per": "second", "when": [] }]));
    assert_eq!(listing["params"][0]["field"], "prompt");
    assert!(draft.open.contains(&"mood (string, one of \"calm, or not\", \"wild\")".to_owned()));
    assert!(draft.open.contains(&"price $3 per credit, ".to_owned()), "{:?}", draft.open);
}

#[test]
fn a_wrong_type_is_named() {
    let info = |field: &str| {
        format!(
            "{{\"info\": {{{field}}}, \"components\": {{\"schemas\": {{\"RequestBody\": \
             {{\"properties\": {{\"x\": {{}}}}}}}}}}}}"
        )
    };
    let list = |config: &str| format!("{{\"data\": {{\"allAiApiPublicConfigs\": {config}}}}}");
    let types = |text: &str| format!("import TypedDict\n{text}");
    for (text, sentence) in [
        (info("\"x-air-id\": 5"), "`info.x-air-id` is not text."),
        (info("\"x-air-id\": \"a\", \"x-status\": []"), "`info.x-status` is not text."),
        (info("\"x-air-id\": \"a\", \"x-pricing\": \"$1\""), "`info.x-pricing` is not an object."),
        ("{\"air\": \"a\", \"pricingRates\": {}}".into(), "`pricingRates` is not a list."),
        (
            "{\"air\": \"a\", \"pricingRates\": [{\"amount\": \"free\"}]}".into(),
            "`pricingRates.0.amount` is not a number.",
        ),
        (
            "{\"air\": \"a\", \"pricingRates\": [{\"amount\": 1, \"unit\": 5}]}".into(),
            "`pricingRates.0.unit` is not text.",
        ),
        (
            "{\"pricingRates\": []}".into(),
            "a pricing answer without `air`, and no listing's page has the file's name.",
        ),
        (list("{}"), "`data.allAiApiPublicConfigs` is not a list."),
        (list("[{}]"), "endpoint 0: `aiApiId` is not text."),
        (list("[{\"aiApiId\": \"a\"}]"), "endpoint 0: `isLive` is not true or false."),
        (
            list("[{\"aiApiId\": \"a\", \"isLive\": true, \"metadata\": \"{\"}]"),
            "endpoint 0: `metadata` is not a JSON object.",
        ),
        (list("[]"), "a list without any endpoint for video."),
        (
            list(
                "[{\"aiApiId\": \"a\", \"isLive\": true, \"schema\": {\"properties\": {\"a\": {\"$ref\": \"#\"}}}}]",
            ),
            "endpoint 0: more than 10000 schemas or 32 levels: a reference leads back to itself.",
        ),
        (types("class A(TypedDict):\n"), "types without a table of models for `videoInference`."),
        (
            changed(TYPES, &[("NotRequired[Literal[5, 10, 15]]", "NotRequired[Literal[5, 10")]),
            "line 24: the type of `duration` is not known.",
        ),
    ] {
        let End { text: told, code, .. } = end(&[("a file", &text)]);
        assert_eq!((told, code), (format!("a file: {sentence}\n"), 2));
    }
}

/// Documents with this many prices, parameters and endpoints, and why each is refused.
fn too_long(count: usize) -> [(String, &'static str); 3] {
    let prices = changed(WAN, &[("Each video costs", &"$1, ".repeat(count))]);
    let fields: String =
        (0..count).map(|at| format!("    field{at}: NotRequired[str]\n")).collect();
    let types = changed(TYPES, &[("    positivePrompt: str\n", &fields)]);
    let endpoints: Vec<Value> = (0..count)
        .map(|at| json!({ "aiApiId": format!("e{at}"), "isLive": true, "metadata": { "source": "video" } }))
        .collect();
    let configs = json!({ "data": { "allAiApiPublicConfigs": endpoints } }).to_string();
    [
        (prices, "runware:alibaba:wan@2.6: more than 1000 prices, which no real document has."),
        (types, "runware:alibaba:wan@2.6: more than 1000 parameters, which no real document has."),
        (configs, "more than 1000 endpoints for video, which no real list has."),
    ]
}

/// The processor time of this thread, so that other work of the machine does not count.
fn worked() -> Duration {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(schedule.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn a_huge_document_is_refused_soon() {
    let takes = |count| {
        too_long(count).map(|(text, sentence)| {
            let before = worked();
            let End { text: told, code, .. } = end(&[("a file", &text)]);
            let took = worked() - before;
            assert_eq!((told, code), (format!("a file: {sentence}\n"), 2));
            took
        })
    };
    let (short, long) = (takes(2_000), takes(20_000));
    for (short, long) in short.into_iter().zip(long) {
        // In proportion to the length; with its square, it would be a hundred times as long.
        assert!(long < 30 * short, "{short:?} for a tenth, {long:?} for the whole");
    }
}

/// A folder of its own for a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("catalog").args(arguments);
    command
}

#[test]
fn a_folder_of_documents_and_drafts() {
    let (from, drafts) = (folder("from"), folder("drafts"));
    fs::create_dir(from.join("pages")).unwrap();
    fs::write(from.join("pages/p-video.mdx"), P_VIDEO).unwrap();
    fs::write(from.join("notes.txt"), "not a document").unwrap();
    let hostile = changed(
        WAN,
        &[
            ("Runware API - Wan2.6", "../../Dream 9"),
            ("\"x-air-id\": \"alibaba:wan@2.6\"", "\"x-air-id\": \"a:b@1\""),
        ],
    );
    fs::write(from.join("schema.json"), hostile).unwrap();
    let arguments = ["--from", from.to_str().unwrap(), "--draft", drafts.to_str().unwrap()];
    let (code, text) = run(&mut xtask(&arguments));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("runpod:p-video: no difference"), "{text}");
    assert!(text.contains("runware:a:b@1: not in the catalog → catalog/\n"), "{text}");
    // A title is no path.
    let file = drafts.join("dream-9.json");
    assert!(text.contains(&format!("{}: to decide: size ", file.display())), "{text}");
    assert_eq!(fs::read_dir(&drafts).unwrap().count(), 1);
    // What a person has written since stays.
    fs::write(&file, "mine").unwrap();
    let (_, text) = run(&mut xtask(&arguments));
    assert!(text.contains("dream-9.json: not written: "), "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    // Nothing to compare is not the same as no difference.
    let empty = folder("empty");
    let (code, text) = run(&mut xtask(&["--from", empty.to_str().unwrap()]));
    assert_eq!((code, text.as_str()), (Some(2), "No document was found.\n"));
}

#[test]
fn documents_are_fetched_from_their_addresses() {
    let programs = folder("programs");
    // `curl`: only the page of p-video is there; wan-2-5 cannot be reached, and all else is gone.
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/p-video.mdx");
    let curl = format!(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && file=$2; shift; done\n\
         case $1 in\n*/p-video.md) cat '{}' > \"$file\"; printf 200;;\n\
         */wan-2-5.md) echo 'no route' >&2; exit 7;;\n*) echo oops > \"$file\"; printf 404;;\nesac\n",
        page.display()
    );
    for (name, text) in
        [("curl", curl.as_str()), ("python3", "#!/bin/sh\necho 'no index' >&2; exit 1\n")]
    {
        fs::write(programs.join(name), text).unwrap();
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    // What is left of the last time is not compared, and other files stay.
    let kept = folder("online");
    fs::create_dir(kept.join("runware")).unwrap();
    fs::write(kept.join("runware/old.json"), "{").unwrap();
    fs::write(kept.join("mine.txt"), "").unwrap();
    let arguments = ["--online", "--from", kept.to_str().unwrap()];
    let (code, text) = run(xtask(&arguments).env("PATH", path));
    assert!(!text.contains("old.json") && kept.join("mine.txt").exists(), "{text}");
    assert_eq!(code, Some(2), "{text}");
    for line in [
        "runware-sdk: no index",
        "https://api.runpod.io/graphql: gone.",
        "https://docs.runpod.io/public-endpoints/models/wan-2-5.md: no route",
        "runpod:p-video: no difference (4 known)",
        "runpod:wan-2-6-t2v: gone: https://docs.runpod.io/public-endpoints/models/wan-2-6-t2v.md \
         → catalog/wan-2.6.json: listings.1.status",
        "runware:alibaba:wan@2.6: gone: https://content.runware.ai/models/alibaba-wan2-6/pricing \
         → catalog/wan-2.6.json: listings.2.status",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}
