//! Rows that a caller brings at run time: read like everything from outside, and audited.

use serde_json::Value;

use super::{
    Catalogue, Caveat, Choice, Kind, Listing, MediaForm, Model, Param, Rate, Rule, Scalar, Size,
    Status, Str, When, audit,
};
use crate::issue::{Code, Issue};
use crate::plain::{Plain, entry};
use crate::price::{Basis, Usd};

/// Models that one caller may add.
const MOST_MODELS: usize = 200;
/// Items of a list, and bytes of a text: more than any provider's page has.
const MOST_ITEMS: usize = 500;
const LONGEST_TEXT: usize = 300;

impl Catalogue {
    /// The catalogue with a caller's rows, in the form of `models()`: a model of a known id takes the
    /// place of ours. Their prices are the caller's word.
    ///
    /// # Errors
    ///
    /// Every row that cannot be read, or contradicts itself; paths begin with `catalogue`.
    pub fn read(rows: &Value) -> Result<Self, Vec<Issue>> {
        let Some(rows) = rows.as_array().filter(|rows| rows.len() <= MOST_MODELS) else {
            return Err(vec![wrong("catalogue", "a list of at most 200 models")]);
        };
        let mut added: Vec<Model> = Vec::new();
        let mut issues = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let path = format!("catalogue.{at}");
            match model(&Row { value: row, path }) {
                Ok(model) => {
                    if added.iter().any(|other| other.id == model.id) {
                        let message = "Another row has this id.";
                        let id = format!("catalogue.{at}.id");
                        issues.push(Issue::error(id, Code::Conflict, message));
                    }
                    let found = audit(&model).into_iter().map(|mut issue| {
                        issue.path = format!("catalogue.{at}.{}", issue.path);
                        issue
                    });
                    issues.extend(found);
                    added.push(model);
                }
                Err(issue) => issues.push(*issue),
            }
        }
        if issues.is_empty() {
            Ok(Catalogue { added })
        } else {
            Err(issues)
        }
    }
}

type Read<T> = Result<T, Box<Issue>>;

fn wrong(path: &str, wanted: &str) -> Issue {
    Issue::error(path, Code::WrongType, format!("`{path}` must be {wanted}."))
}

/// A value, and where it stands.
struct Row<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Row<'a> {
    fn at(&self, name: &str) -> Row<'a> {
        Row {
            value: entry(self.value, name),
            path: format!("{}.{name}", self.path),
        }
    }

    /// That it is an object, with none but these names in it.
    fn only(&self, names: &[&str]) -> Read<()> {
        let map = self.want("an object", Value::as_object)?;
        match map.keys().find(|name| !names.contains(&name.as_str())) {
            None => Ok(()),
            Some(_) => {
                let message = format!("A row has these names here: {}.", names.join(", "));
                let issue = Issue::error(&*self.path, Code::UnknownField, message);
                Err(Box::new(
                    issue.allowed(names.iter().map(|name| Value::from(*name))),
                ))
            }
        }
    }

    fn want<T>(&self, wanted: &str, read: impl Fn(&'a Value) -> Option<T>) -> Read<T> {
        read(self.value).ok_or_else(|| Box::new(wrong(&self.path, wanted)))
    }

    fn plain<T: Plain>(&self, wanted: &str) -> Read<T> {
        self.want(wanted, T::read)
    }

    fn text(&self) -> Read<Str> {
        self.want("text of at most 300 bytes", short)
    }

    fn maybe_text(&self) -> Read<Option<Str>> {
        if self.value.is_null() {
            return Ok(None);
        }
        self.text().map(Some)
    }

    /// The items of a list; of nothing, none.
    fn list<T>(&self, read: impl Fn(&Row<'a>) -> Read<T>) -> Read<Vec<T>> {
        if self.value.is_null() {
            return Ok(Vec::new());
        }
        let items = self.want("a list of at most 500 items", |value| {
            value.as_array().filter(|items| items.len() <= MOST_ITEMS)
        })?;
        let row = |(at, value)| Row {
            value,
            path: format!("{}.{at}", self.path),
        };
        items
            .iter()
            .enumerate()
            .map(|item| read(&row(item)))
            .collect()
    }
}

fn short(value: &Value) -> Option<Str> {
    let text = value.as_str().filter(|text| text.len() <= LONGEST_TEXT)?;
    Some(Str::Owned(text.to_owned()))
}

fn model(row: &Row<'_>) -> Read<Model> {
    row.only(&["id", "name", "creator", "listings"])?;
    Ok(Model {
        id: row.at("id").text()?,
        name: row.at("name").text()?,
        creator: row.at("creator").maybe_text()?.unwrap_or_default(),
        listings: row.at("listings").list(listing)?.into(),
    })
}

fn listing(row: &Row<'_>) -> Read<Listing> {
    row.only(&[
        "provider",
        "wireId",
        "modes",
        "params",
        "rules",
        "prices",
        "unpriced",
        "caveats",
        "status",
        "usualMs",
        "shortestMs",
    ])?;
    let number = |name: &str, otherwise| -> Read<u32> {
        let number: Option<u32> = row.at(name).plain("milliseconds")?;
        Ok(number.unwrap_or(otherwise))
    };
    Ok(Listing {
        provider: row.at("provider").plain("`runpod` or `runware`")?,
        wire_id: row.at("wireId").text()?,
        modes: row.at("modes").list(|mode| mode.plain("a mode"))?.into(),
        params: row.at("params").list(param)?.into(),
        rules: row.at("rules").list(rule)?.into(),
        rates: row.at("prices").list(rate)?.into(),
        unpriced: row.at("unpriced").maybe_text()?,
        caveats: row.at("caveats").list(caveat)?.into(),
        status: status(&row.at("status"))?,
        usual_ms: number("usualMs", super::UNKNOWN_MS)?,
        shortest_ms: number("shortestMs", 0)?,
    })
}

fn status(row: &Row<'_>) -> Read<Status> {
    row.only(&["state", "evidence", "sunset", "instead"])?;
    Ok(Status {
        state: row.at("state").plain("`live`, `retired` or `unverified`")?,
        evidence: row.at("evidence").maybe_text()?.unwrap_or_default(),
        sunset: row.at("sunset").maybe_text()?,
        instead: row.at("instead").list(Row::text)?.into(),
    })
}

fn param(row: &Row<'_>) -> Read<Param> {
    row.only(&[
        "field",
        "wire",
        "required",
        "type",
        "min",
        "max",
        "allowed",
        "wires",
        "sizes",
        "undocumented",
        "list",
        "default",
        "sent",
    ])?;
    let default = row.at("default");
    Ok(Param {
        field: row.at("field").plain("the name of a field")?,
        wire: row.at("wire").text()?,
        kind: kind(row)?,
        required: row.at("required").plain::<Option<bool>>(YES_OR_NO)? == Some(true),
        default: match default.value {
            Value::Null => None,
            _ => Some(scalar(&default)?),
        },
        explicit: row.at("sent").plain::<Option<bool>>(YES_OR_NO)? == Some(true),
    })
}

const YES_OR_NO: &str = "true or false";
const WHOLE: &str = "a whole number below 2147483648";

fn kind(row: &Row<'_>) -> Read<Kind> {
    let name = row.at("type").text()?;
    let (min, max, allowed) = (row.at("min"), row.at("max"), row.at("allowed"));
    Ok(match name.as_ref() {
        "text" => Kind::Text {
            min: min.plain::<Option<u32>>(WHOLE)?.unwrap_or(1),
            max: max.plain(WHOLE)?,
        },
        "integer" => Kind::Integer {
            min: min.plain(WHOLE)?,
            max: max.plain(WHOLE)?,
            allowed: allowed.list(|one| one.plain(WHOLE))?.into(),
        },
        "number" => Kind::Number {
            min: min.plain(WHOLE)?,
            max: max.plain(WHOLE)?,
        },
        "choice" => Kind::Choice {
            allowed: choices(row)?.into(),
        },
        "boolean" => Kind::Boolean {
            only: match allowed.list(|one| one.plain(YES_OR_NO))?.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
        },
        "image" | "images" | "video" | "videos" | "audio" => Kind::Media {
            forms: allowed.list(form)?.into(),
            undocumented: row.at("undocumented").list(form)?.into(),
            max: max.plain::<Option<u32>>(WHOLE)?.unwrap_or(1),
            list: row.at("list").plain::<Option<bool>>(YES_OR_NO)? == Some(true),
        },
        "size" => Kind::Size {
            allowed: row.at("sizes").list(size)?.into(),
        },
        "url" => Kind::Url,
        "uuid" => Kind::Uuid,
        "id" => Kind::Id,
        _ => return Err(Box::new(wrong(&row.at("type").path, "the name of a type"))),
    })
}

fn choices(row: &Row<'_>) -> Read<Vec<Choice>> {
    let words = row.at("allowed").list(Row::text)?;
    let wires = row.at("wires").list(scalar)?;
    if !wires.is_empty() && wires.len() != words.len() {
        let wanted = "as long as `allowed`, or absent";
        return Err(Box::new(wrong(&row.at("wires").path, wanted)));
    }
    let choice = |(at, word): (usize, Str)| Choice {
        wire: wires.get(at).cloned().unwrap_or(Scalar::Text(word.clone())),
        word,
    };
    Ok(words.into_iter().enumerate().map(choice).collect())
}

fn form(row: &Row<'_>) -> Read<MediaForm> {
    row.plain("`url`, `uuid`, `data-uri` or `base64`")
}

fn size(row: &Row<'_>) -> Read<Size> {
    row.only(&["width", "height", "resolution", "ratio", "documented"])?;
    Ok(Size {
        width: row.at("width").plain("pixels")?,
        height: row.at("height").plain("pixels")?,
        resolution: row.at("resolution").text()?,
        ratio: row.at("ratio").maybe_text()?.unwrap_or_default(),
        documented: row.at("documented").plain::<Option<bool>>(YES_OR_NO)? != Some(false),
    })
}

fn rule(row: &Row<'_>) -> Read<Rule> {
    row.only(&[
        "rule", "field", "fields", "text", "when", "allowed", "strict", "max",
    ])?;
    let fields = || {
        row.at("fields")
            .list(|one| one.plain("the name of a field"))
    };
    let field = || row.at("field").plain("the name of a field");
    let name = row.at("rule").text()?;
    Ok(match name.as_ref() {
        "oneOf" => Rule::OneOf {
            fields: fields()?.into(),
        },
        "excludes" => Rule::Excludes {
            field: field()?,
            fields: fields()?.into(),
        },
        "overrides" => Rule::Overrides {
            field: field()?,
            fields: fields()?.into(),
        },
        "needs" => Rule::Needs {
            when: row.at("when").list(when)?.into(),
            field: field()?,
            allowed: row.at("allowed").list(scalar)?.into(),
            strict: row.at("strict").plain::<Option<bool>>(YES_OR_NO)? != Some(false),
        },
        "atMost" => Rule::AtMost {
            when: row.at("when").list(when)?.into(),
            field: field()?,
            max: row.at("max").plain(WHOLE)?,
        },
        _ => return Err(Box::new(wrong(&row.at("rule").path, "the name of a rule"))),
    })
}

fn when(row: &Row<'_>) -> Read<When> {
    row.only(&["field", "is", "given"])?;
    let field = row.at("field").plain("the name of a field")?;
    let given: Option<bool> = row.at("given").plain(YES_OR_NO)?;
    Ok(match given {
        Some(given) => When::Given(field, given),
        None => When::Is(field, scalar(&row.at("is"))?),
    })
}

fn rate(row: &Row<'_>) -> Read<Rate> {
    row.only(&["usd", "per", "blockSeconds", "when", "basis"])?;
    let dollars = |value: &Value| Usd::from_f64(value.as_f64()?);
    Ok(Rate {
        amount: row.at("usd").want("an amount in dollars", dollars)?,
        per: row.at("per").plain("`second`, `block` or `video`")?,
        block: row.at("blockSeconds").plain(WHOLE)?,
        when: row.at("when").list(when)?.into(),
        basis: Basis::Caller,
    })
}

fn caveat(row: &Row<'_>) -> Read<Caveat> {
    row.only(&["when", "field", "text"])?;
    Ok(Caveat {
        when: row.at("when").list(when)?.into(),
        field: row.at("field").plain("the name of a field")?,
        text: row.at("text").text()?,
    })
}

fn scalar(row: &Row<'_>) -> Read<Scalar> {
    row.want(
        "a word, a whole number, true or false",
        |value| match value {
            Value::Bool(yes) => Some(Scalar::Boolean(*yes)),
            Value::String(word) => Some(Scalar::Text(Str::Owned(word.clone()))),
            other => i32::read(other).map(Scalar::Integer),
        },
    )
}
