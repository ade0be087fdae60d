//! Takes HTML apart, forgivingly: what it cannot make sense of is text, which is redacted as such.

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A tag that opens. Names are in small letters, entities in values undone.
    Open {
        /// The element.
        name: String,
        /// Its attributes.
        attributes: Vec<(String, String)>,
    },
    /// A tag that closes.
    Close(String),
    /// Text, entities undone.
    Text(String),
}

/// Elements whose content is read as text up to their own closing tag.
const RAW: [&str; 7] = ["script", "style", "iframe", "noscript", "textarea", "title", "xmp"];

/// The page's parts. Comments and declarations are left out.
pub(super) fn tokens(page: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = page;
    while !rest.is_empty() {
        let at = rest.find('<').unwrap_or(rest.len());
        if at > 0 {
            found.push(Token::Text(unescaped(&rest[..at])));
            rest = &rest[at..];
            continue;
        }
        let (token, length) = tag(rest);
        rest = &rest[length..];
        if let Some(Token::Open { name, .. }) = &token
            && RAW.contains(&name.as_str())
        {
            let end = closing(rest, name);
            let raw = Token::Text(unescaped(&rest[..end]));
            found.extend(token);
            found.push(raw);
            rest = &rest[end..];
            continue;
        }
        found.extend(token);
    }
    found
}

/// Where the closing tag of that name begins.
fn closing(text: &str, name: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    lower.find(&format!("</{name}")).unwrap_or(text.len())
}

/// The tag at the start of the text, and how long it is.
fn tag(text: &str) -> (Option<Token>, usize) {
    if let Some(comment) = text.strip_prefix("<!--") {
        return (None, comment.find("-->").map_or(text.len(), |end| 4 + end + 3));
    }
    let body = &text[1..];
    let (body, closes) = body.strip_prefix('/').map_or((body, false), |body| (body, true));
    if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        if text.starts_with("<!") || text.starts_with("<?") || closes {
            return (None, text.find('>').map_or(text.len(), |end| end + 1));
        }
        return (Some(Token::Text("<".to_owned())), 1);
    }
    let name: String = body.chars().take_while(|c| !c.is_whitespace() && !">/".contains(*c)).collect();
    let mut rest = &body[name.len()..];
    let mut attributes = Vec::new();
    while let Some((attribute, length)) = attribute(rest) {
        attributes.extend(attribute);
        rest = &rest[length..];
    }
    let end = usize::from(rest.starts_with('>'));
    let length = text.len() - rest.len() + end;
    // A name that is no element's could carry what attributes may not.
    if name.len() > 40 || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return (None, length);
    }
    let name = name.to_ascii_lowercase();
    let token = if closes { Token::Close(name) } else { Token::Open { name, attributes } };
    (Some(token), length)
}

type Attribute = Option<(String, String)>;

/// The next attribute, and how far it goes; none at the tag's end.
fn attribute(text: &str) -> Option<(Attribute, usize)> {
    let start = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '/').len();
    let rest = &text[start..];
    if rest.is_empty() || rest.starts_with('>') {
        return (start > 0).then_some((None, start));
    }
    let name: String = rest.chars().take_while(|c| !c.is_whitespace() && !"=>/".contains(*c)).collect();
    if name.is_empty() {
        return Some((None, start + 1));
    }
    let after = &rest[name.len()..];
    let gap = after.len() - after.trim_start().len();
    let Some(value) = after[gap..].strip_prefix('=') else {
        return Some((Some((name.to_ascii_lowercase(), String::new())), start + name.len()));
    };
    let blank = value.len() - value.trim_start().len();
    let (value, length) = value_at(&value[blank..]);
    let all = start + name.len() + gap + 1 + blank + length;
    Some((Some((name.to_ascii_lowercase(), unescaped(value))), all))
}

fn value_at(text: &str) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some(body) = text.strip_prefix(quote) {
            return match body.find(quote) {
                Some(end) => (&body[..end], end + 2),
                None => (body, text.len()),
            };
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    (&text[..end], end)
}

/// The text with its entities undone. One that is not known here stays as it is written, and is written so that no
/// browser undoes it either.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = entity(rest).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[length..];
    }
    out + rest
}

fn entity(text: &str) -> Option<(char, usize)> {
    let body = &text[1..];
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let length = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
        let c = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
        return Some((c, prefix + length + usize::from(digits[length..].starts_with(';'))));
    }
    let known = [
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("apos;", '\''),
        ("nbsp;", '\u{a0}'),
        ("commat;", '@'),
        ("period;", '.'),
        ("lowbar;", '_'),
        ("plus;", '+'),
        ("hyphen;", '-'),
        ("dash;", '-'),
        ("colon;", ':'),
        ("middot;", '·'),
        ("ndash;", '–'),
        ("mdash;", '—'),
        ("hellip;", '…'),
    ];
    known.into_iter().find(|(name, _)| body.starts_with(name)).map(|(name, c)| (c, 1 + name.len()))
}

/// Text and values as HTML has them.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
