//! One spelling for one JSON value, so that it has one digest.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// `sha256:` and the digest of the value, written without white space and with its keys in order.
pub(super) fn digest(value: &Value) -> String {
    let bytes = Sha256::digest(text(value).as_bytes());
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The value, written without white space and with its keys in order.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// The order is made here: whether serde_json keeps one depends on a feature that any dependency can switch on.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, out);
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, item)) in entries.into_iter().enumerate() {
                separate(index, out);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_keys_in_order() {
        let value: Value = serde_json::from_str(r#"{ "b": [1, null, "é\n"], "a": {} }"#).unwrap();
        assert_eq!(text(&value), r#"{"a":{},"b":[1,null,"é\n"]}"#);
        // printf '%s' '{"a":{},"b":[1,null,"é\n"]}' | sha256sum
        assert_eq!(digest(&value), "sha256:1e47bd6ae41de058e0d65293105432262ca1a56aa684ce47509bb012046b78a4");
    }
}
