//! From bytes to lines of text, whatever wrote them.

use super::refusal::{Problem, Refusal};

/// The largest table that is read, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// Ways in which a page or a spreadsheet begins that was saved as it is.
const SPREADSHEET: &[&[u8]] = &[b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"];

const AS_CSV: &str =
    "Save it as CSV (UTF-8), or select the table on the page, copy it and pass it with `--from -`.";

/// The text without its byte order mark, with every line's end as `\n`.
pub(super) fn text(bytes: &[u8]) -> Result<String, Refusal> {
    if bytes.len() > MAX_BYTES {
        let detail = format!("The input holds more than {} MiB.", MAX_BYTES >> 20);
        return Err(Problem::whole("too-large", detail, "Pass the table of one resource alone.").into());
    }
    if SPREADSHEET.iter().any(|start| bytes.starts_with(start)) {
        return Err(Problem::whole("spreadsheet", "This is a document and no text.", AS_CSV).into());
    }
    let text = decode(bytes)?;
    if let Some(at) = text.find('\0') {
        let detail = "A NUL character is in it: this is no text, or text in another encoding.";
        return Err(Problem::whole("not-text", detail, AS_CSV).line(line_at(&text, at)).into());
    }
    if is_html(&text) {
        return Err(Problem::whole("html", "This is a web page and no table.", AS_CSV).into());
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, Refusal> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let good = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
            Err(wrong_encoding("UTF-8").line(line_at(&good, good.len())).into())
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(wrong_encoding("UTF-16").into()),
    }
}

fn wrong_encoding(name: &str) -> Problem {
    let detail = format!("This is not {name}: a character is broken, or cut in two.");
    Problem::whole("not-text", detail, AS_CSV)
}

fn line_at(text: &str, byte: usize) -> u32 {
    let before = text.get(..byte).unwrap_or(text).replace("\r\n", "\n");
    u32::try_from(before.matches(['\n', '\r']).count() + 1).unwrap_or(u32::MAX)
}

fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(4096).collect::<String>().to_lowercase();
    start.starts_with('<')
        && ["<!doctype", "<html", "<head", "<body", "<table", "<div", "<tr", "<meta"]
            .iter()
            .any(|tag| start.contains(tag))
}
