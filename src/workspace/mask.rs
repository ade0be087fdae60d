//! Takes credentials that someone wrote into a file out of the text that is kept, so that no excerpt shows one.

use super::sources::line_starts;
use super::tree::Node;

/// A stretch of a file that nobody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mask {
    line: u32,
    column: u32,
    /// In characters; it may reach over several lines.
    chars: u32,
}

/// Keys whose value, where it is a plain text, is a credential. Compared without case.
const SECRET_KEYS: [&str; 15] = [
    "token",
    "grant_token",
    "revoke_token",
    "access_token",
    "auth_token",
    "bearer_token",
    "bearer",
    "secret",
    "client_secret",
    "private_key",
    "password",
    "passwd",
    "api_key",
    "apikey",
    "credential",
];

/// The keys that the format has for credentials; what is one letter away is taken for a slip.
const MISSPELT: [&str; 3] = ["token", "grant_token", "revoke_token"];

impl Mask {
    /// The whole of a scalar.
    pub(super) fn of(node: Node<'_>) -> Self {
        let (line, column, chars) = node.extent();
        Self { line, column, chars }
    }
}

/// Whether a key's name says that a credential follows, a misspelt one included.
pub(super) fn is_secret_key(key: &str) -> bool {
    let known = |key: &str| SECRET_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
    known(key)
        || (key.contains('-') && known(&key.replace('-', "_")))
        || MISSPELT.iter().any(|known| is_one_edit(known.as_bytes(), key.as_bytes()))
}

/// Whether one letter more, less, other, or two swapped make one text of the other, whatever their case. Asked of
/// every key of the workspace, so it is cheaper than a true edit distance.
fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let prefix = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    match (&a[..a.len() - suffix], &b[..b.len() - suffix]) {
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => a.eq_ignore_ascii_case(d) && b.eq_ignore_ascii_case(c),
        _ => false,
    }
}

/// Whether a text can be the name of an environment variable.
pub(super) fn is_env_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a URL carries what must not stand in a file: a user, or parameters.
pub(super) fn holds_secret(url: &str) -> bool {
    // Asked of every value of the workspace, of which few hold a colon.
    let Some((_, rest)) = url.find(':').and_then(|_| url.split_once("://")) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    authority.contains('@') || rest.contains('?')
}

/// The text with every masked character replaced by `*`, and line ends kept.
pub(super) fn masked(text: &str, masks: &[Mask]) -> String {
    let starts = line_starts(text);
    let mut ranges: Vec<_> = masks.iter().filter_map(|mask| byte_range(text, &starts, *mask)).collect();
    ranges.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in ranges {
        let start = start.max(at);
        out.push_str(text.get(at..start).unwrap_or(""));
        let hidden = text.get(start..end).unwrap_or("");
        out.extend(hidden.chars().map(|c| if matches!(c, '\r' | '\n') { c } else { '*' }));
        at = at.max(end);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

fn byte_range(text: &str, starts: &[u32], mask: Mask) -> Option<(usize, usize)> {
    let line = *starts.get(mask.line.checked_sub(1)? as usize)? as usize;
    let after = |from: usize, chars: usize| {
        let rest = text.get(from..).unwrap_or("");
        from + rest.char_indices().nth(chars).map_or(rest.len(), |(at, _)| at)
    };
    let start = after(line, mask.column.checked_sub(1)? as usize);
    Some((start, after(start, mask.chars as usize)))
}

/// Masks, line by line, what looks like a credential in a file that could not be understood.
pub(super) fn masked_by_look(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match secret_start(line) {
            Some(start) => {
                let (shown, hidden) = line.split_at(start);
                out.push_str(shown);
                out.extend(hidden.chars().map(|c| if matches!(c, '\r' | '\n') { c } else { '*' }));
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Where the first credential of a line starts, judged by the key before it.
fn secret_start(line: &str) -> Option<usize> {
    line.match_indices(':').find_map(|(colon, _)| {
        let before = line[..colon].trim_end().trim_end_matches(['"', '\'']);
        let word = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')));
        let key = &before[word.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))..];
        let after = &line[colon + 1..];
        let value = after.trim_start();
        let start = colon + 1 + (after.len() - value.len());
        let literal = if key == "env" { !starts_with_env_name(value) } else { is_secret_key(key) };
        let inert = value.trim().is_empty() || value.starts_with(['{', '#', '*', '&']);
        let in_url = value.starts_with("//") && holds_secret(&line[before.len() - key.len()..]);
        ((literal && !inert) || in_url).then_some(start)
    })
}

fn starts_with_env_name(value: &str) -> bool {
    let value = value.trim().trim_start_matches(['"', '\'']);
    let end = value.find(['"', '\'', ' ', ',', '}', '#']).unwrap_or(value.len());
    is_env_name(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_hides_characters_and_keeps_lines() {
        let text = "é: a\ntoken: gehéim\nx: |\n  one\n  two\nend: 1\n";
        let masks = [Mask { line: 4, column: 3, chars: 9 }, Mask { line: 2, column: 8, chars: 6 }];
        assert_eq!(masked(text, &masks), "é: a\ntoken: ******\nx: |\n  ***\n*****\nend: 1\n");
    }

    #[test]
    fn a_key_says_that_a_credential_follows() {
        for key in
            ["token", "Token", "tokn", "toekn", "revoke-token", "client_secret", "tokens", "revok_token"]
        {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["name", "ticket", "taken-over", "user", "env", "tone", ""] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn a_broken_file_is_masked_by_its_look() {
        let text = "a: [\n  token: s3cret\n  \"token\" : 'x'\n  token: { env: NAME }\n  v: { token: { env: xo-b } }\n";
        let out = masked_by_look(text);
        assert_eq!(
            out,
            "a: [\n  token: ******\n  \"token\" : ***\n  token: { env: NAME }\n  v: { token: { env: ********\n"
        );
        assert_eq!(masked_by_look("url: https://u:p@h/\n"), "url: https:********\n");
        assert_eq!(masked_by_look("url: https://h/scim\n"), "url: https://h/scim\n");
    }
}
