//! Texts and numbers: lengths, bounds, listed values, and formats as far as a look tells.

use serde_json::Value;

/// What is wrong with a text or number; nothing for any other value.
pub(super) fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(listed) = schema.get("enum").and_then(Value::as_array)
        && !listed.contains(value)
    {
        found.push(format!("{value} is not among the listed values"));
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if schema["minLength"].as_u64().is_some_and(|least| length < least) {
            found.push(format!("{value} is too short"));
        }
        if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
            found.push(format!("{value} is too long"));
        }
        let format = schema["format"].as_str().unwrap_or_default();
        if !has_format(format, text) {
            found.push(format!("{value} is no {format}"));
        }
    }
    if let Some(number) = value.as_f64() {
        if schema["minimum"].as_f64().is_some_and(|least| number < least) {
            found.push(format!("{value} is too small"));
        }
        if schema["maximum"].as_f64().is_some_and(|most| number > most) {
            found.push(format!("{value} is too large"));
        }
    }
    found
}

/// Whether a value has a type; every value has a type that is not named.
pub(super) fn has_type(kind: Option<&str>, value: &Value) -> bool {
    match kind {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("number") => value.is_number(),
        Some("integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => true,
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "uuid" => is_shaped(text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"),
        "date" => is_shaped(text, "dddd-dd-dd"),
        "date-time" => is_moment(text),
        "email" => text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(' ')
        }),
        _ => true,
    }
}

/// As RFC 3339 says, with a `T` and a zone.
fn is_moment(text: &str) -> bool {
    let (Some(moment), Some(rest)) = (text.get(..19), text.get(19..)) else { return false };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|one: char| one.is_ascii_digit()),
        None => rest,
    };
    let has_zone = rest == "Z" || is_shaped(rest, "+dd:dd") || is_shaped(rest, "-dd:dd");
    is_shaped(moment, "dddd-dd-ddTdd:dd:dd") && has_zone
}

/// Whether a text has a digit wherever the shape has `d`, a hexadecimal one where it has `h`, and else the same.
fn is_shaped(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'h' => byte.is_ascii_hexdigit(),
            _ => byte == wanted,
        })
}
