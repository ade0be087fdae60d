//! What all pages share: the frame, the controls, and the quirks that change how both look.

use super::session::{hidden, is_covered, who};
use super::state::State;
use super::words::Words;
use crate::vendors::scim::emulator::html::{Site, escape, segment};
use crate::vendors::scim::emulator::{Reply, Request};
use axum::http::StatusCode;
use std::fmt::Write;

/// What a renamed button is called.
pub(super) const RENAMED: &str = "Proceed";

const SITE: Site<'static> =
    Site { title: "Microsoft Clarity", nav: "Clarity", links: &[("/", "Projects"), ("/outbox", "Outbox")] };

/// Draws pages for one request.
pub(super) struct Chrome<'a> {
    pub(super) state: &'a State,
    pub(super) words: &'static Words,
    /// Who is signed in.
    pub(super) who: Option<String>,
    /// Where an answered question leads back to: the page that was asked for, or the start after a form.
    back: &'a str,
    covered: bool,
}

impl<'a> Chrome<'a> {
    pub(super) fn new(state: &'a State, request: &'a Request) -> Self {
        Self {
            state,
            words: state.labelling.words(),
            who: who(state, request),
            back: if request.is_write() { "/" } else { &request.path },
            covered: is_covered(state, request),
        }
    }

    /// A whole page. `body` is HTML already.
    pub(super) fn page(&self, status: StatusCode, title: &str, body: &str) -> Reply {
        let signed_in = self.who.as_deref().map_or_else(String::new, |who| {
            format!(
                "<p>Signed in as <strong>{}</strong> <a href=\"/sign-in\">Switch account</a></p>\n{}\n",
                escape(who),
                self.press("post", "/sign-out", "Sign out")
            )
        });
        let body = format!("{}{body}<hr>\n{signed_in}", self.decoys());
        match self.covered {
            true => SITE.covered(status, title, &self.consent(), &body),
            false => SITE.page(status, title, &body),
        }
    }

    /// A page that says why something was not done.
    pub(super) fn refusal(&self, reason: &str, back: &str) -> Reply {
        self.notice(StatusCode::UNPROCESSABLE_ENTITY, "Not possible", reason, back)
    }

    /// A page with one message, and the way back.
    pub(super) fn notice(&self, status: StatusCode, title: &str, text: &str, back: &str) -> Reply {
        let (text, back) = (escape(text), escape(back));
        let body =
            format!("<p class=\"notice\" role=\"alert\">{text}</p>\n<p><a href=\"{back}\">Go back</a></p>\n");
        self.page(status, title, &body)
    }

    fn consent(&self) -> String {
        format!(
            "<dialog open aria-labelledby=\"consent\"><p id=\"consent\">We value your privacy</p>\n\
             <p>This site uses cookies to remember who is signed in.</p>\n\
             <form method=\"post\" action=\"/consent\">{}<button type=\"submit\">Accept all</button></form></dialog>\n",
            hidden("back", self.back)
        )
    }

    /// Things that a person does not see and a careless program finds.
    fn decoys(&self) -> String {
        if !self.state.quirks.html_noise {
            return String::new();
        }
        let buttons = ["Remove", self.words.send, self.words.add, "Yes, remove", self.words.save];
        let hidden = buttons.iter().fold(String::new(), |mut out, text| {
            let _ = write!(out, "<button type=\"button\">{}</button>", escape(text));
            out
        });
        format!(
            "<!-- build 7f3a --><div hidden>{hidden}</div>\n<table role=\"presentation\"><tbody><tr><td>Recordings</td>\
             <td>Heatmaps</td></tr></tbody></table>\n"
        )
    }

    /// Text in an element of its own.
    pub(super) fn text(&self, text: &str) -> String {
        let text = escape(text);
        match self.state.quirks.html_noise {
            true => format!("<span class=\"c-1x7\">\n  <span>\n    {text}<!-- -->\n  </span>\n</span>"),
            false => text,
        }
    }

    /// A button that sends its form.
    pub(super) fn button(&self, text: &str) -> String {
        let renamed = self.state.quirks.renamed_button.as_deref() == Some(text);
        let text = if renamed { RENAMED } else { text };
        format!("<button type=\"submit\">{}</button>", self.text(text))
    }

    /// A form that is one button.
    pub(super) fn press(&self, method: &str, action: &str, text: &str) -> String {
        let action = escape(action);
        format!("<form method=\"{method}\" action=\"{action}\">{}</form> ", self.button(text))
    }

    /// The path of a project's list of members.
    pub(super) fn members(&self, project: &str) -> String {
        format!("/projects/view/{}/settings/{}", segment(project), self.words.slug)
    }
}
