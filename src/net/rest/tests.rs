use super::*;
use crate::net::script::{Reply, Seen, Server, TOKEN, TestClock, pace};
use reqwest::Method;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

fn said(body: &Value) -> Problem {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Problem { code: text("code"), detail: text("words"), limit: text("code") == "full" }
}

const fn api(paging: Paging) -> Api {
    Api {
        title: "Vendor",
        protocol: Protocol::JSON,
        paging,
        problem: said,
        forbidden: "The token lacks the right to do this.",
    }
}

static LINK_API: Api = api(Paging::Link);
static URL_API: Api = api(Paging::Url("/next"));
static HEADER_API: Api = api(Paging::Header { name: "x-next", parameter: "after" });
static CURSOR_API: Api = api(Paging::Cursor { at: "/page/next", parameter: "cursor" });

fn rest(server: &Server, api: &'static Api) -> Rest {
    Rest::new(server.endpoint("/v1"), pace(TestClock::new()), api).unwrap()
}

fn users() -> Request {
    Request::new(Method::GET, &["users"]).query("limit", "2")
}

fn of(ids: &[u32]) -> Value {
    ids.iter().map(|id| json!({ "id": id })).collect()
}

fn ids(items: &[Value]) -> Vec<u64> {
    items.iter().map(|item| item["id"].as_u64().unwrap()).collect()
}

fn flaw<T: std::fmt::Debug>(outcome: Result<T, ConnectorError>) -> String {
    match outcome.unwrap_err() {
        ConnectorError::ContractBroken { message } => message,
        other => panic!("{other:?}"),
    }
}

/// A URL of this server.
fn here(seen: &Seen, rest: &str) -> String {
    format!("http://{}{rest}", seen.headers["host"])
}

#[tokio::test]
async fn pages_follow_a_link_whose_url_has_commas() {
    let server = Server::start(|seen| match seen.q("after") {
        "" => {
            let (own, next) = (here(seen, "/v1/users?limit=2"), here(seen, "/v1/users?after=a,b;c&limit=2"));
            Reply::json(200, &of(&[1, 2]))
                .header("link", &format!("<{own}>; rel=\"self\", <{next}>; rel=\"next\""))
        }
        "a,b;c" => Reply::json(200, &of(&[3]))
            .header("link", "</v1/users?limit=2>; rel=self")
            .header("link", "<?after=last&limit=2>; title=\"x\"; Rel=\"other Next\""),
        _ => Reply::json(200, &of(&[4])).header("link", "</v1/users>; rel=\"prev\""),
    })
    .await;
    let found = rest(&server, &LINK_API).list(&users(), "").await.unwrap();
    assert_eq!(ids(&found), [1, 2, 3, 4]);
    assert!(server.seen().iter().all(|seen| seen.q("limit") == "2"));
}

#[tokio::test]
async fn pages_follow_a_url_in_the_body() {
    let server = Server::start(|seen| match seen.q("$skip") {
        "" => Reply::json(200, &json!({ "value": of(&[1]), "next": here(seen, "/v1/users?$skip=x%2By") })),
        "x+y" => Reply::json(200, &json!({ "value": of(&[2]), "next": "/v1/%75sers?$skip=z" })),
        _ => Reply::json(200, &json!({ "value": of(&[3]), "next": null })),
    })
    .await;
    let found = rest(&server, &URL_API).list(&users(), "/value").await.unwrap();
    assert_eq!(ids(&found), [1, 2, 3]);
}

#[tokio::test]
async fn pages_follow_a_cursor_in_a_header_or_in_the_body() {
    let server = Server::start(|seen| match (seen.q("after"), seen.q("limit")) {
        ("", "2") => Reply::json(200, &of(&[1, 2])).header("x-next", "c/1="),
        ("c/1=", "2") => Reply::json(200, &of(&[3])).header("x-next", ""),
        _ => Reply::empty(400),
    })
    .await;
    assert_eq!(ids(&rest(&server, &HEADER_API).list(&users(), "").await.unwrap()), [1, 2, 3]);
    let server = Server::start(|seen| match seen.q("cursor") {
        "" => Reply::json(200, &json!({ "data": of(&[1]), "page": { "next": "b" } })),
        "b" => Reply::json(200, &json!({ "data": of(&[2]), "page": { "next": 7 } })),
        "7" => Reply::json(200, &json!({ "data": of(&[3]), "page": {} })),
        _ => Reply::empty(400),
    })
    .await;
    assert_eq!(ids(&rest(&server, &CURSOR_API).list(&users(), "/data").await.unwrap()), [1, 2, 3]);
}

#[tokio::test]
async fn a_next_page_that_cannot_be_read_does_not_end_a_list() {
    let server =
        Server::start(|_| Reply::json(200, &json!({ "data": of(&[1]), "page": { "next": ["b"] } }))).await;
    let told = flaw(rest(&server, &CURSOR_API).list(&users(), "/data").await);
    assert!(told.contains("something else than a text"), "{told}");
    let server = Server::start(|_| Reply::json(200, &of(&[1])).header("x-next", "ü")).await;
    let told = flaw(rest(&server, &HEADER_API).list(&users(), "").await);
    assert!(told.contains("a header that is no text"), "{told}");
}

#[tokio::test]
async fn a_next_page_elsewhere_is_never_asked_for() {
    let other = Server::start(|_| Reply::json(200, &of(&[9]))).await;
    let foreign = other.endpoint("/v1/users?after=b").base.to_string();
    for next in
        [foreign.as_str(), "/v2/users?after=b", "/v1/users/x?after=b", "//h.example/v1/users", "ftp:x"]
    {
        let link = format!("<{next}>; rel=\"next\"");
        let server = Server::start(move |_| Reply::json(200, &of(&[1])).header("link", &link)).await;
        let told = flaw(rest(&server, &LINK_API).list(&users(), "").await);
        assert!(told.contains("somewhere else"), "{told}");
        assert_eq!(server.seen().len(), 1, "{next}");
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_are_an_error() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let id = count.fetch_add(1, Ordering::SeqCst);
        Reply::json(200, &json!([{ "id": id }])).header("x-next", "again")
    })
    .await;
    let told = flaw(rest(&server, &HEADER_API).list(&users(), "").await);
    assert!(told.contains("/v1/users do not add up: the server leads to one page twice"), "{told}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_id_that_comes_twice_has_the_list_read_again_once() {
    let repeating = |times: usize| {
        let count = AtomicUsize::new(0);
        move |seen: &Seen| match seen.q("after") {
            "" => Reply::json(200, &of(&[1, 2])).header("x-next", "b"),
            _ if count.fetch_add(1, Ordering::SeqCst) < times => Reply::json(200, &of(&[2])),
            _ => Reply::json(200, &of(&[3])),
        }
    };
    let server = Server::start(repeating(1)).await;
    assert_eq!(ids(&rest(&server, &HEADER_API).list(&users(), "").await.unwrap()), [1, 2, 3]);
    assert_eq!(server.seen().len(), 4);
    let server = Server::start(repeating(9)).await;
    let told = flaw(rest(&server, &HEADER_API).list(&users(), "").await);
    assert!(told.contains("the id 2 comes twice"), "{told}");
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_page_that_is_no_json_or_no_list_is_no_answer() {
    for (kind, body) in [
        ("application/json", "<html><body>Sign in</body></html>"),
        ("text/html; charset=utf-8", "[]"),
        ("application/json", ""),
        ("application/json", "{\"users\": []}"),
    ] {
        let server = Server::start(move |_| Reply::text(200, kind, body)).await;
        let told = flaw(rest(&server, &LINK_API).list(&users(), "").await);
        assert!(told.contains("GET /v1/users was answered 200"), "{told}");
    }
}

async fn refused(reply: Reply) -> ConnectorError {
    let server = Server::start(move |_| reply.clone()).await;
    rest(&server, &LINK_API).read(&users()).await.unwrap_err()
}

#[tokio::test]
async fn a_refusal_is_told_in_the_vendors_words_where_it_has_some() {
    let words = json!({ "code": "E6", "words": "No\nsuch \u{1b}[1mfilter" });
    let error = refused(Reply::json(400, &words)).await;
    assert_eq!(error.to_string(), "GET /v1/users was answered 400 (E6): \"No such [1mfilter\".");
    assert!(matches!(error, ConnectorError::Refused { .. }), "{error:?}");
    let error = refused(Reply::text(400, "text/html", "<h1>Bad</h1>")).await;
    assert_eq!(error.to_string(), "GET /v1/users was answered 400 as text/html: \"<h1>Bad</h1>\".");
    let error = refused(Reply::empty(400)).await;
    assert_eq!(error.to_string(), "GET /v1/users was answered 400.");
    let error = refused(Reply::json(403, &json!({ "code": "full" }))).await;
    assert!(matches!(error, ConnectorError::LimitReached { .. }), "{error:?}");
    let error = refused(Reply::json(403, &json!({ "code": "E6" }))).await;
    assert!(error.to_string().ends_with("(E6). The token lacks the right to do this."), "{error}");
    assert!(matches!(error, ConnectorError::Forbidden { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let challenge = "Bearer realm=\"x\", error=\"insufficient_scope\", scope=\"okta.users.manage\"";
    let error = refused(Reply::empty(403).header("www-authenticate", challenge)).await;
    assert!(error.to_string().contains("wants the scope \"okta.users.manage\""), "{error}");
    assert!(matches!(error, ConnectorError::Unauthorised { .. }), "{error:?}");
}

#[tokio::test]
async fn an_echoed_credential_is_masked_wherever_it_stands() {
    for reply in [
        Reply::json(400, &json!({ "code": TOKEN, "words": format!("got {TOKEN}") })),
        Reply::text(400, "text/html", &format!("<p>{TOKEN}</p>")),
        Reply::text(200, &format!("text/{TOKEN}"), &format!("{TOKEN} and more")),
        Reply::empty(403)
            .header("www-authenticate", &format!("error=\"insufficient_scope\", scope=\"{TOKEN}\"")),
    ] {
        let error = refused(reply).await.to_string();
        assert!(!error.contains(TOKEN) && error.contains("***"), "{error}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_none_and_nothing_else_is() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v1/users/1" => Reply::json(200, &json!({ "id": 1 })),
        "/v1/users/2" => Reply::empty(404),
        _ => Reply::empty(403),
    })
    .await;
    let rest = rest(&server, &LINK_API);
    let find = |id: &'static str| Request::new(Method::GET, &["users", id]);
    assert_eq!(rest.find(&find("1")).await.unwrap(), Some(json!({ "id": 1 })));
    assert_eq!(rest.find(&find("2")).await.unwrap(), None);
    assert!(rest.find(&find("3")).await.is_err());
}
