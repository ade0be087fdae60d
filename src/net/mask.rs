//! Keeps the credential out of what a server said. Servers echo it in their errors: as it is, escaped for JSON or
//! HTML, percent-encoded, in pieces, or in another case.

use serde_json::Value;

/// What stands where the credential stood.
const MASK: &str = "***";

/// What stands for a text that cannot be shown without the credential.
const LEFT_OUT: &str = "(not shown, because it repeats the credential)";

/// As many letters and digits of a credential in a row as give it away.
const TELLING: usize = 12;

/// As much of a text as is looked at: far more than any message quotes.
const LONGEST: usize = 16 << 10;

/// Escaping within escaping that is undone: an HTML page may quote JSON that quotes a URL.
const LAYERS: usize = 5;

/// The text without the credential, in whatever way it is written.
pub(super) fn mask(text: &str, token: &str) -> String {
    if token.is_empty() {
        return text.to_owned();
    }
    let start = masked(text.chars().take(LONGEST).collect(), token);
    if !betrays(&start, token) {
        return start;
    }
    let Ok(mut value) = serde_json::from_str(text) else { return LEFT_OUT.to_owned() };
    mask_strings(&mut value, token);
    let start: String = value.to_string().chars().take(LONGEST).collect();
    if betrays(&start, token) { LEFT_OUT.to_owned() } else { start }
}

fn masked(text: String, token: &str) -> String {
    if text.contains(token) { text.replace(token, MASK) } else { text }
}

/// Masks within the strings of parsed JSON, where its own escapes are undone already.
fn mask_strings(value: &mut Value, token: &str) {
    match value {
        Value::String(text) => {
            *text = masked(std::mem::take(text), token);
            if betrays(text, token) {
                MASK.clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_strings(item, token)),
        Value::Object(object) => object.values_mut().for_each(|item| mask_strings(item, token)),
        _ => {}
    }
}

/// Whether the text holds the credential, or a telling piece of it, under any layer of escaping. Only letters and
/// digits are compared, without case: everything else is what escaping, line breaking and hidden characters change.
fn betrays(text: &str, token: &str) -> bool {
    let mut tokens = vec![letters(token)];
    let bare = letters(&bared(token));
    if !tokens.contains(&bare) {
        tokens.push(bare);
    }
    let mut layer = text.to_owned();
    for _ in 0..LAYERS {
        let seen = letters(&layer);
        if tokens.iter().any(|token| shares(&seen, token)) {
            return true;
        }
        let next = unescaped(&layer);
        if next == layer {
            return false;
        }
        layer = next;
    }
    // So many layers are no error message.
    true
}

fn shares(text: &str, token: &str) -> bool {
    let piece = token.len().min(TELLING);
    // `token` is ASCII by now, so that every byte is a place to cut.
    piece > 0 && (0..=token.len() - piece).any(|at| text.contains(&token[at..at + piece]))
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The text with all its layers of escaping undone.
fn bared(text: &str) -> String {
    (0..LAYERS).fold(text.to_owned(), |text, _| unescaped(&text))
}

/// The text with one layer of escaping undone.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (decoded, length) = match c {
            '\\' => backslash(rest),
            '%' => hexadecimal(&rest[1..], 2).map(|c| (Some(c), 3)),
            '&' => entity(rest),
            _ => None,
        }
        .unwrap_or((Some(c), c.len_utf8()));
        out.extend(decoded);
        rest = &rest[length..];
    }
    out
}

type Decoded = Option<(Option<char>, usize)>;

/// `\u002B`, `\u{2b}`, `\x2B`; another character after a backslash stands for itself.
fn backslash(text: &str) -> Decoded {
    let body = &text[1..];
    let decoded = match body.chars().next()? {
        'u' if body[1..].starts_with('{') => {
            let end = body.find('}')?;
            u32::from_str_radix(&body[2..end], 16).ok().and_then(char::from_u32).map(|c| (c, end + 2))
        }
        'u' => hexadecimal(&body[1..], 4).map(|c| (c, 6)),
        'x' => hexadecimal(&body[1..], 2).map(|c| (c, 4)),
        _ => None,
    };
    // Otherwise the backslash alone goes, and what it stood before is looked at next.
    let other = body.chars().next().map(|c| (Some(c), 1 + c.len_utf8()));
    decoded.map(|(c, length)| (Some(c), length)).or(other)
}

fn hexadecimal(text: &str, digits: usize) -> Option<char> {
    let digits = text.get(..digits).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// `&#43;`, `&#x2B;`, with or without the semicolon, and `&amp;`. Another named entity stands for no letter or
/// digit of a credential, so that it is left out.
fn entity(text: &str) -> Decoded {
    let body = &text[1..];
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let length = digits.bytes().take(8).take_while(|b| char::from(*b).is_digit(radix)).count();
        let c = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
        let end = usize::from(digits[length..].starts_with(';'));
        return Some((Some(c), prefix + length + end));
    }
    let name = body.bytes().take(10).take_while(u8::is_ascii_alphabetic).count();
    let ends = name > 0 && body[name..].starts_with(';');
    ends.then(|| ((&body[..name] == "amp").then_some('&'), name + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "aB3+x/9=kLm.Q-7_zR5tW";

    #[test]
    fn an_echoed_credential_is_replaced() {
        assert_eq!(mask("Bearer s3cret was wrong: s3cret", "s3cret"), "Bearer *** was wrong: ***");
        assert_eq!(mask(r#"{"got":"a\"b1"}"#, "a\"b1"), r#"{"got":"***"}"#);
        assert_eq!(
            mask("nothing of the kind \\u002B &amp; 100%", TOKEN),
            "nothing of the kind \\u002B &amp; 100%"
        );
        assert_eq!(mask("as it is", ""), "as it is");
    }

    #[test]
    fn an_escaped_credential_in_json_is_masked_where_it_stands() {
        for written in [
            r"aB3+x\/9=kLm.Q-7_zR5tW",
            r"aB3\u002Bx\u002f9\u003DkLm.Q-7_zR5tW",
            r"\u0061B3+x/9=kLm.Q-7_zR5tW",
            "aB3%2Bx%2F9%3DkLm.Q-7_zR5tW",
            "aB3&#43;x&#x2F;9&equals;kLm.Q-7_zR5tW",
        ] {
            let body = format!(r#"{{"a":"kept","b":["Bearer {written}"]}}"#);
            let shown = mask(&body, TOKEN);
            assert!(shown.contains("kept") && shown.contains("***") && !betrays(&shown, TOKEN), "{shown}");
        }
    }

    #[test]
    fn what_is_no_json_is_left_out() {
        for written in [
            "aB3&#43;x&#x2F;9&#61kLm.Q-7_zR5tW",
            "aB3&amp;#43;x&amp;sol;9&amp;#x3d;kLm.Q-7_zR5tW",
            r"aB3\\u002Bx\/9=kLm.Q-7_zR5tW",
            r"aB3\x2bx/9=kLm\u{2e}Q-7_zR5tW",
            "aB3%252Bx%252F9%253DkLm.Q-7_zR5tW",
            "aB3 x/9=kLm.Q-7_zR5tW",
            "aB3+x/9=\u{200b}kLm.Q-7_zR5tW",
            "aB3+x/9=\r\n kLm.Q-7_zR5tW",
            "ab3+X/9=klm.q-7_Zr5Tw",
            "aB3+x/9=kLm.Q-7_zR",
        ] {
            assert_eq!(mask(&format!("<p>Bearer {written}</p>"), TOKEN), LEFT_OUT, "{written}");
        }
    }

    #[test]
    fn a_credential_as_a_key_is_left_out() {
        assert_eq!(mask(r#"{"aB3\u002bx\/9=kLm.Q-7_zR5tW":1}"#, TOKEN), LEFT_OUT);
    }

    #[test]
    fn escaping_without_end_is_not_shown() {
        let mut deep = "%2B".to_owned();
        (0..9).for_each(|_| deep = deep.replace('%', "%25"));
        assert_eq!(mask(&deep, TOKEN), LEFT_OUT);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in r"([a-f0-9&#x;%\\u{}ü=+]|amp;){0,60}", token in "[!-~]{0,20}") {
            let shown = mask(&text, &token);
            prop_assert!(token.is_empty() || letters(&token).is_empty() || shown == LEFT_OUT || !betrays(&shown, &token));
        }
    }
}
