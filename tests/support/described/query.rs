//! Parameters: what a query may hold, and must.

use super::document::Operation;
use super::schema::{At, Checker, Direction};
use serde_json::{Map, Number, Value};

/// What a server that names the next page's URL puts there.
const PAGE_TOKEN: &str = "$skiptoken";

/// What is wrong with a query.
pub(super) fn violations(operation: &Operation<'_>, query: &[(String, String)]) -> Vec<String> {
    let parameters = operation.parameters();
    let mut found = Vec::new();
    for (key, _) in query {
        let is_page = operation.is_paged_by_url() && key.eq_ignore_ascii_case(PAGE_TOKEN);
        if !is_page && !parameters.iter().any(|parameter| part_of(parameter, key).is_some()) {
            found.push(format!("the query parameter {key:?} is not described"));
        }
    }
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let values = query.iter().filter_map(|(key, value)| Some((part_of(parameter, key)?, value.as_str())));
        let values: Vec<(&str, &str)> = values.collect();
        if values.is_empty() {
            if parameter["required"] == true {
                found.push(format!("the query parameter {name:?} is missing"));
            }
            continue;
        }
        let mut checker = Checker::new(operation.description, Direction::Request);
        match assembled(operation, parameter, &values) {
            Ok(value) => checker.whole(&parameter["schema"], &value, At::ROOT),
            Err(why) => found.push(format!("the query parameter {name:?}: {why}")),
        }
        let wrong = checker.found.iter();
        found.extend(wrong.map(|(at, what)| format!("the query parameter {name:?} at {at:?}: {what}")));
    }
    found
}

/// Which part of a parameter a key of the query is, if any: empty for all of it; the word in brackets of
/// `pagination[count]`. How a list goes there is not defined (OpenAPI 3.0.3, "Style Examples"), so that each known way
/// counts: `ids[]`, `ids[0]` and `ids.0`.
fn part_of<'a>(parameter: &Value, key: &'a str) -> Option<&'a str> {
    let rest = key.strip_prefix(parameter["name"].as_str()?)?;
    let is_deep = parameter["style"] == "deepObject";
    let bracketed = || rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match (rest.is_empty(), is_deep) {
        (true, false) => Some(rest),
        (false, true) => bracketed().or_else(|| rest.strip_prefix('.')),
        _ => None,
    }
}

/// The value that a parameter was given, as JSON.
fn assembled(operation: &Operation<'_>, parameter: &Value, values: &[(&str, &str)]) -> Result<Value, String> {
    let schema = operation.description.resolved(&parameter["schema"]).0;
    if schema["type"] == "array" {
        let items = operation.description.resolved(&schema["items"]).0;
        let in_one = parameter["explode"] == false && parameter["style"] != "deepObject";
        let texts = values.iter().flat_map(|(_, text)| match in_one {
            true => text.split(',').collect::<Vec<_>>(),
            false => vec![*text],
        });
        return Ok(Value::Array(texts.map(|text| typed(items, text)).collect()));
    }
    if parameter["style"] == "deepObject" {
        let properties = &schema["properties"];
        let member = |(name, text): &(&str, &str)| {
            let schema =
                properties.get(*name).map_or(&Value::Null, |one| operation.description.resolved(one).0);
            ((*name).to_owned(), typed(schema, text))
        };
        return Ok(Value::Object(values.iter().map(member).collect::<Map<_, _>>()));
    }
    match values {
        [(_, text)] => Ok(typed(schema, text)),
        _ => Err("it is given twice".to_owned()),
    }
}

/// A text as the type that a schema asks for; as text where it is none, which the check then says.
fn typed(schema: &Value, text: &str) -> Value {
    let number = || {
        let whole = text.parse::<i64>().ok().map(Number::from);
        whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64)).map(Value::Number)
    };
    let typed = match schema["type"].as_str() {
        Some("integer" | "number") => number(),
        Some("boolean") => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}
