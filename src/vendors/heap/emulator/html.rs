//! Escaped HTML, without scripts.

use crate::vendors::scim::emulator::Reply;
use axum::http::{StatusCode, header};
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:70rem;padding:1rem}\
table{border-collapse:collapse;width:100%}\
caption{text-align:left;padding:.5rem 0}\
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #8886;vertical-align:top}\
nav a{margin-right:1rem}form{margin:.5rem 0}\
.notice{border-left:4px solid #b60;padding:.5rem 1rem}";

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Text as HTML shows it, in an element or a quoted attribute. Control characters become a visible mark.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A whole page. `body` is HTML already.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Reply {
    let title = escape(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} | Heap (emulated)</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<nav aria-label=\"Account\">\
         <a href=\"/account/manage/teammates\">Teammates</a><a href=\"/account/manage/projects\">Projects</a>\
         <a href=\"/account/content\">Content</a></nav>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    );
    Reply::new(status, "text/html; charset=utf-8", html.into_bytes())
        .with_header(header::CONTENT_SECURITY_POLICY, POLICY)
        .with_header(header::CACHE_CONTROL, "no-store")
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

/// A table. Cells are HTML already.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("<table>\n<caption>{}</caption>\n<thead><tr>", escape(caption));
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let _ = write!(out, "<td>{cell}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
    out
}

/// A labelled choice and a button that sends it.
pub(super) fn choice<'a>(
    action: &str,
    label: &str,
    field: &str,
    options: impl Iterator<Item = &'a str>,
    chosen: &str,
) -> String {
    let (action, label) = (escape(action), escape(label));
    let mut out = format!(
        "<form method=\"post\" action=\"{action}\"><label>{label} <select name=\"{}\">",
        escape(field)
    );
    for option in options {
        let selected = if option == chosen { " selected" } else { "" };
        let option = escape(option);
        let _ = write!(out, "<option value=\"{option}\"{selected}>{option}</option>");
    }
    let _ = writeln!(out, "</select></label> <button type=\"submit\">Save {label}</button></form>");
    out
}

/// A segment of a path.
pub(super) fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = if plain(byte) { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}
