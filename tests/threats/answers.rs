//! Answers that no honest vendor gives, through the connector and the client that the program uses.

use super::{Stranger, reply};
use crate::support::block_on;
use crate::support::clock::LeapClock;
use grantline::connector::ConnectorError;
use grantline::net::{Endpoint, Pace, Secret};
use grantline::observe::scope_of;
use grantline::vendors::{self, Registry};
use grantline::workspace::{Workspace, load_files};
use jiff::Timestamp;
use std::sync::Arc;

const TOKEN: &str = "tok-7d20be41a9c6";
const SCIM: &str = "content-type: application/scim+json";
const EMPTY: &str = "{\"totalResults\":0}";

fn workspace(now: Timestamp) -> Workspace {
    let yaml = "workspace: { name: acme }\nvendors:\n  v:\n    connector: scim\n    manage: authoritative\n    \
                url: emulator\n    identity: svc@acme.example\n    resources:\n      staff: { kind: group, name: Staff }\n";
    load_files(vec![("access/all.yaml".to_owned(), yaml.as_bytes().to_vec())], &Registry, now)
        .workspace
        .unwrap()
}

/// Reads that server.
fn reading(stranger: &Stranger) -> Result<(), ConnectorError> {
    let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
    let workspace = workspace(now);
    let vendor = &workspace.vendors["v"];
    let base = stranger.url().parse().unwrap();
    let endpoint = Endpoint::with_token(base, Secret::new(TOKEN.to_owned()));
    let limits = vendor.spec(&Registry).unwrap().limits;
    let pace = Pace::new(Arc::new(LeapClock::new(now)), &limits, 7);
    let reader = vendors::reader(vendor, endpoint, pace).unwrap();
    block_on(reader.read(&scope_of(&vendor.settings()))).map(drop)
}

/// Why that server cannot be read, as everything that shows an error has it.
fn read(stranger: &Stranger) -> String {
    let error = reading(stranger).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(shown.len() < 4_000, "{} bytes", shown.len());
    shown
}

fn unreadable(answer: impl Fn(&str) -> Vec<u8> + Send + 'static, part: &str) {
    let shown = read(&Stranger::start(answer));
    assert!(shown.contains(part), "no {part:?} in {shown}");
}

/// Zeros packed so that 250 bytes of them take one: a head, and one block of repetitions of a first zero.
fn packed_zeros(count: usize) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits: Vec<bool> = [true, true, false].to_vec();
    let code = |bits: &mut Vec<bool>, word: &str| bits.extend(word.bytes().map(|bit| bit == b'1'));
    code(&mut bits, "00110000");
    for _ in 0..count / 258 {
        code(&mut bits, "1100010100000");
    }
    code(&mut bits, "0000000");
    for byte in bits.chunks(8) {
        packed.push(byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit) << at));
    }
    packed
}

#[test]
fn a_body_that_unpacks_to_more_than_the_limit_is_cut_off() {
    let bomb = packed_zeros(64 << 20);
    assert!(bomb.len() < 512 << 10, "{}", bomb.len());
    unreadable(
        move |_| reply("200 OK", &[SCIM, "content-encoding: gzip"], &bomb),
        "was answered with more than",
    );
}

#[test]
fn a_body_without_end_is_cut_off() {
    unreadable(
        |_| {
            let head = format!("HTTP/1.1 200 OK\r\n{SCIM}\r\nconnection: close\r\n\r\n");
            [head.as_bytes(), &vec![b' '; 33 << 20]].concat()
        },
        "was answered with more than",
    );
}

#[test]
fn json_that_is_nested_without_end_is_no_answer() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"Resources\":{}1{}}}", open.repeat(200_000), close.repeat(200_000));
        unreadable(move |_| reply("200 OK", &[SCIM], deep.as_bytes()), "is no JSON");
    }
}

#[test]
fn json_is_read_to_a_depth_of_128_and_no_deeper() {
    let nested = |depth: usize| {
        let user = format!(
            "{{\"id\":\"1\",\"userName\":\"a@b.example\",\"x\":{}1{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":1,\"Resources\":[{user}]}}"
        )
    };
    let at = |depth: usize| {
        let body = nested(depth);
        Stranger::start(move |head| {
            let body = if head.contains("/Users") { body.as_str() } else { EMPTY };
            reply("200 OK", &[SCIM], body.as_bytes())
        })
    };
    assert!(read(&at(128)).contains("is no JSON"));
    assert_eq!(reading(&at(100)), Ok(()));
}

#[test]
fn a_redirect_carries_the_credential_nowhere() {
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let other = Stranger::start(|_| reply("200 OK", &[SCIM], b"{}"));
        let to = format!("location: {}/Users", other.url());
        let vendor = Stranger::start(move |_| reply(status, &[&to], b""));
        read(&vendor);
        assert!(vendor.heads()[0].contains(TOKEN));
        assert_eq!(other.connections(), 0, "{status}");
    }
}

#[test]
fn a_head_without_end_is_given_up() {
    let line = format!("x-{}: {}\r\n", "n".repeat(64), "v".repeat(8_000));
    let head = format!("HTTP/1.1 200 OK\r\n{}", line.repeat(2_000));
    unreadable(move |_| head.clone().into_bytes(), "had no whole answer");
    let many = format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(100_000));
    unreadable(move |_| many.clone().into_bytes(), "had no whole answer");
}

#[test]
fn an_error_that_acts_on_a_terminal_or_echoes_the_credential_is_quoted_harmlessly() {
    let stranger = Stranger::start(|head| {
        let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
        let body = format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"401\",\
             \"detail\":\"\\u001b[2J\\u202e\\u200b{} <script>@team {}\"}}",
            token.unwrap_or_default(),
            "x".repeat(100_000)
        );
        reply("401 Unauthorized", &[SCIM], body.as_bytes())
    });
    let shown = read(&stranger);
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}');
    assert!(!shown.contains(hidden), "{shown:?}");
    assert!(stranger.heads()[0].contains(TOKEN));
}
