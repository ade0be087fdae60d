//! Escaped HTML, without scripts: what the pages of every embedded vendor are made of.

use super::Reply;
use axum::http::{StatusCode, header};
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:70rem;padding:1rem}\
table{border-collapse:collapse;width:100%}\
caption{text-align:left;padding:.5rem 0}\
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #8886;vertical-align:top}\
nav a{margin-right:1rem}form{margin:.5rem 0}td form{display:inline-block;margin:0 .5rem 0 0}\
dialog{position:fixed;top:3rem;z-index:1}\
.notice{border-left:4px solid #b60;padding:.5rem 1rem}";

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Text as HTML shows it, in an element or a quoted attribute. Control characters become a visible mark.
pub(crate) fn escape(text: &str) -> String {
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

/// What all pages of one embedded vendor share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The vendor's name.
    pub(crate) title: &'a str,
    /// What the navigation is called, for those who hear the page.
    pub(crate) nav: &'a str,
    /// Path and text of its links.
    pub(crate) links: &'a [(&'a str, &'a str)],
}

impl Site<'_> {
    /// A whole page. `body` is HTML already.
    pub(crate) fn page(&self, status: StatusCode, title: &str, body: &str) -> Reply {
        self.whole(status, title, None, body)
    }

    /// A page that something lies over: until that is answered, nothing below it can be reached. Both are HTML already.
    pub(crate) fn covered(&self, status: StatusCode, title: &str, over: &str, body: &str) -> Reply {
        self.whole(status, title, Some(over), body)
    }

    fn whole(&self, status: StatusCode, title: &str, over: Option<&str>, body: &str) -> Reply {
        let (over, below) = over.map_or(("", ""), |over| (over, " inert"));
        let (title, site) = (escape(title), escape(self.title));
        let links = self
            .links
            .iter()
            .map(|(path, text)| format!("<a href=\"{}\">{}</a>", escape(path), escape(text)));
        let links: String = links.collect();
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} | {site} (emulated)</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n{over}<nav aria-label=\"{}\"{below}>{links}</nav>\n\
             <main{below}>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
            escape(self.nav)
        );
        Reply::new(status, "text/html; charset=utf-8", html.into_bytes())
            .with_header(header::CONTENT_SECURITY_POLICY, POLICY)
            .with_header(header::CACHE_CONTROL, "no-store")
            .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }
}

/// A table. Cells are HTML already.
pub(crate) fn table(caption: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
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

/// A segment of a path.
pub(crate) fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = if plain(byte) { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}
