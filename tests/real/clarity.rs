//! Changes through pages in a real Chromium, driven over WebDriver. `tests/run` installs the browser and its driver.

#[path = "../browser/desk.rs"]
mod desk;
#[path = "../browser/site.rs"]
mod site;

use super::chromium::{Window, block_on, browser};
use desk::{Desk, MEMBERS, PIA, invite, promote, remove};
use grantline::apply::browser::{PageError, Said, Session, Until, read_members};
use grantline::connector::ConnectorError;
use grantline::domain::Change;
use grantline::net::webdriver::Browser;
use site::Quirks;
use std::path::Path;
use tempfile::TempDir;

async fn carry_out(window: &Window, desk: &Desk, change: &Change) -> Result<(), ConnectorError> {
    desk.execute_in(Box::new(window.clone()), change).await.map(drop)
}

#[test]
fn an_invitation_a_promotion_and_a_removal_in_either_labelling() {
    block_on(async {
        let window = Window::open().await;
        for second in [false, true] {
            let member = if second { "Member" } else { "Team member" };
            let members =
                MEMBERS.map(|(who, role, state)| (who, if role == "Admin" { role } else { member }, state));
            let quirks = Quirks { second, page_size: Some(2), announced: Some(3), ..Quirks::default() };
            let desk = Desk::saying(Said::Yes, quirks, &members).await;
            for change in [invite(), promote()] {
                carry_out(&window, &desk, &change).await.unwrap();
            }
            let bob = members[1].0;
            let held = [
                "ann@acme.example Admin Active".to_owned(),
                format!("{bob} {member} Active"),
                format!("{PIA} Admin Active"),
                "zoe@acme.example Admin Pending".to_owned(),
            ];
            assert_eq!(desk.site.members(), held);
            let error = carry_out(&window, &desk, &remove()).await.unwrap_err();
            assert!(matches!(error, ConnectorError::Refused { .. }), "she is no member any more: {error}");
            assert_eq!((desk.asked().len(), desk.site.writes().len()), (2, 2));
        }
        let desk = Desk::new(Quirks::default()).await;
        carry_out(&window, &desk, &remove()).await.unwrap();
        assert_eq!(desk.site.writes(), [format!("remove {PIA}")]);
    });
}

#[test]
fn a_changed_page_stops_with_a_picture_and_no_write() {
    block_on(async {
        let window = Window::open().await;
        let desk = Desk::new(Quirks { remove_is: Some("Revoke access"), ..Quirks::default() }).await;
        let error = carry_out(&window, &desk, &remove()).await.unwrap_err();
        let ConnectorError::ContractBroken { message } = &error else { panic!("{error:?}") };
        assert!(message.contains("\"Revoke access\"") && message.contains(".png"), "{message}");
        assert!(desk.site.writes().is_empty() && desk.asked().is_empty());
        let kept = desk.kept();
        let [html, picture] = &kept[..] else { panic!("{kept:?}") };
        let html = std::fs::read_to_string(html).unwrap();
        assert!(html.contains(PIA) && !html.contains("ann@") && !html.contains("c5rf"), "{html}");
        assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    });
}

#[test]
fn a_session_that_is_signed_out_and_a_dialog_in_the_way_stop() {
    block_on(async {
        let window = Window::open().await;
        let desk = Desk::new(Quirks { signed_out: true, ..Quirks::default() }).await;
        assert!(matches!(
            carry_out(&window, &desk, &remove()).await,
            Err(ConnectorError::Unauthorised { .. })
        ));
        let desk = Desk::new(Quirks { consent: true, ..Quirks::default() }).await;
        assert!(matches!(carry_out(&window, &desk, &remove()).await, Err(ConnectorError::Refused { .. })));
        assert!(desk.site.writes().is_empty());
    });
}

#[test]
fn members_are_read_to_the_end_of_their_table() {
    block_on(async {
        let desk = Desk::new(Quirks { page_size: Some(1), announced: Some(3), ..Quirks::default() }).await;
        let folder = TempDir::new().unwrap();
        let mut session = browser(folder.path()).await;
        let place = ("project", "marketing-site", Some("p1"));
        let members = read_members(&mut session, &desk.ground(), &desk.captures(), place).await.unwrap();
        let rows: Vec<(&str, &str)> =
            members.sheet.rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
        assert_eq!(rows, MEMBERS.map(|(who, role, _)| (who, role)));
        session.close().await;
    });
}

/// The whole of what a killed program leaves to its children: nothing runs on when a session is dropped.
#[test]
fn a_browser_ends_when_its_session_is_dropped() {
    block_on(async {
        let folder = TempDir::new().unwrap();
        let session = browser(folder.path()).await;
        let profile = folder.path().display().to_string();
        assert!(running(&profile) > 0);
        drop(session);
        assert_eq!(running(&profile), 0);
    });
}

/// A page of a kind that is drawn by scripts: a list that opens, a button that comes late, one that is covered.
const DRAWN: &str = r#"<!doctype html><meta charset=utf-8><body><h1>Team</h1>
<button id=b role=combobox aria-label=Role aria-haspopup=listbox onclick="list.hidden=false">Member</button>
<ul id=list role=listbox hidden><li role=option onclick="b.textContent='Admin';list.hidden=true">Admin</li>
<li role=option>Member</li></ul><label>E-mail <input id=e></label><label>Password <input type=password></label>
<button disabled>Off</button><div style="position:relative;width:90px"><button>Under</button>
<div style="position:absolute;inset:0;background:white"></div></div>
<p>b<b>ob</b>@acme.example</p><p>pia@acme.example</p><input value="ann@acme.example">
<script>setTimeout(()=>{const late=document.createElement('button');late.textContent='Late';
late.onclick=()=>{document.querySelector('h1').textContent='Pressed'};document.body.append(late)},700)</script>"#;

/// The page that scripts draw, opened.
async fn drawn(folder: &Path) -> Browser {
    let path = folder.join("drawn.html");
    std::fs::write(&path, DRAWN).unwrap();
    let mut session = browser(folder).await;
    session.open(&format!("file://{}", path.display())).await.unwrap();
    session
}

fn words(word: &str) -> Vec<String> {
    vec![word.to_owned()]
}

#[test]
fn what_scripts_draw_is_waited_for_and_only_what_a_person_could_use_is_used() {
    block_on(async {
        let folder = TempDir::new().unwrap();
        let mut session = drawn(folder.path()).await;
        session.press(&words("Late"), None).await.unwrap();
        assert_eq!(session.look(&Until::Now).await.unwrap().headings, ["Pressed"]);
        session.choose(&words("role"), &words("Admin"), None).await.unwrap();
        let lines = session.look(&Until::Now).await.unwrap().lines;
        assert!(lines.iter().any(|line| line.starts_with("Admin")), "{lines:?}");
        session.fill(&words("E-mail"), "zoë@acme.example").await.unwrap();
        for (what, why) in [("Off", "disabled"), ("Under", "lies over it")] {
            let error = session.press(&words(what), None).await.unwrap_err();
            assert!(error.is_harmless() && error.to_string().contains(why), "{error}");
        }
        let error = session.fill(&words("Password"), "x").await.unwrap_err();
        assert!(matches!(&error, PageError::Missing { .. }), "{error}");
        let error = session.choose(&words("Role"), &words("Owner"), None).await.unwrap_err();
        assert!(error.to_string().contains("\"Member\""), "{error}");
        session.close().await;
    });
}

#[test]
fn what_a_picture_is_taken_of_shows_nobody_else() {
    block_on(async {
        let folder = TempDir::new().unwrap();
        let mut session = drawn(folder.path()).await;
        let capture = session.capture(&words(PIA)).await.unwrap();
        assert!(capture.picture.is_some());
        let lines = session.look(&Until::Now).await.unwrap().lines.join(" ");
        assert!(lines.contains(PIA) && lines.contains("(address)") && !lines.contains("ob@"), "{lines}");
        session.close().await;
    });
}

/// How many processes were started with this profile.
fn running(profile: &str) -> usize {
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let lines = processes.filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(profile)).count()
}
