use super::*;
use crate::connector::ConnectorError;
use crate::net::script::{Reply, Seen, Server, TestClock, pace};
use crate::net::{Credential, Endpoint, Http, HttpLimits, Protocol, Request};
use reqwest::Method;
use serde_json::json;
use std::sync::atomic::AtomicUsize;

mod proofs;

pub(super) const SECRET: &str = "s3cr3t+of/the=client";

pub(super) fn grant(server: &Server) -> Grant {
    Grant {
        token_url: server.endpoint("/oauth/token").base,
        client_id: "id:1".to_owned(),
        scopes: vec!["users.read".to_owned(), "groups.read".to_owned()],
        audience: None,
    }
}

fn by_secret() -> Proof {
    Proof::Secret { secret: Secret::new(SECRET.to_owned()), in_form: false }
}

pub(super) fn http(server: &Server, proof: Proof, clock: &Arc<TestClock>) -> Http {
    let client = Client::new(grant(server), proof).unwrap();
    let endpoint =
        Endpoint { base: server.endpoint("/v1").base, credential: Credential::Client(Arc::new(client)) };
    // Whatever word the vendor has for its own tokens.
    let protocol = Protocol { scheme: "SSWS", ..Protocol::JSON };
    Http::new(endpoint, pace(Arc::clone(clock) as Arc<dyn Clock>), HttpLimits::default(), protocol).unwrap()
}

pub(super) fn get() -> Request {
    Request::new(Method::GET, &["users"])
}

/// Tokens `access-token-1`, `access-token-2` …, and what the API says to the number of the token that it is shown.
async fn vendor(expires_in: u64, api: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |seen| match seen.path.as_str() {
        "/oauth/token" => {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("access-token-{number}-4b1f");
            Reply::json(
                200,
                &json!({ "access_token": token, "token_type": "bearer", "expires_in": expires_in }),
            )
        }
        _ => api(shown(seen)),
    })
    .await
}

fn shown(seen: &Seen) -> usize {
    let token = seen.headers["authorization"].strip_prefix("Bearer access-token-").unwrap();
    token.split('-').next().unwrap().parse().unwrap()
}

/// Tokens fetched, and requests to the API.
fn counts(server: &Server) -> (usize, usize) {
    let lines = server.lines();
    let tokens = lines.iter().filter(|line| *line == "POST /oauth/token").count();
    (tokens, lines.len() - tokens)
}

fn unauthorised(error: HttpError) -> String {
    match ConnectorError::from(error) {
        ConnectorError::Unauthorised { message } => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_fetched_when_first_needed_and_used_again() {
    let server = vendor(3600, |_| Reply::empty(200)).await;
    let http = http(&server, by_secret(), &TestClock::new());
    assert_eq!(counts(&server), (0, 0));
    for _ in 0..3 {
        assert_eq!(http.send(&get()).await.unwrap().status, 200);
    }
    assert_eq!(counts(&server), (1, 3));
    let seen = &server.seen()[0];
    assert_eq!(seen.form["grant_type"], "client_credentials");
    assert_eq!(seen.form["scope"], "users.read groups.read");
    assert!(!seen.form.contains_key("client_secret") && seen.query.is_empty());
}

#[tokio::test]
async fn a_token_that_expires_in_mid_run_is_fetched_once_for_all_who_wait() {
    let server = vendor(600, |_| Reply::empty(200)).await;
    let clock = TestClock::new();
    let http = Arc::new(http(&server, by_secret(), &clock));
    http.send(&get()).await.unwrap();
    // A minute before its end it still holds, but not for a request that has yet to travel.
    clock.sleep(Duration::from_secs(539)).await;
    http.send(&get()).await.unwrap();
    assert_eq!(counts(&server), (1, 2));
    clock.sleep(Duration::from_secs(1)).await;
    let mut many = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let http = Arc::clone(&http);
        many.spawn(async move { http.send(&get()).await.unwrap().status });
    }
    assert!(many.join_all().await.iter().all(|status| *status == 200));
    assert_eq!(counts(&server), (2, 10));
    assert_eq!(server.seen().iter().filter(|seen| seen.path == "/v1/users").map(shown).max(), Some(2));
}

#[tokio::test]
async fn a_token_that_is_refused_in_mid_run_is_replaced_and_the_request_sent_again() {
    for method in [Method::GET, Method::POST] {
        let server = vendor(3600, |number| Reply::empty(if number == 1 { 401 } else { 200 })).await;
        let http = http(&server, by_secret(), &TestClock::new());
        let request = Request::new(method, &["users"]);
        assert_eq!(http.send(&request).await.unwrap().status, 200);
        assert_eq!(http.send(&request).await.unwrap().status, 200);
        assert_eq!(counts(&server), (2, 3));
    }
}

#[tokio::test]
async fn a_second_refusal_stands_and_costs_no_further_token() {
    let server = vendor(3600, |_| Reply::empty(401)).await;
    let http = http(&server, by_secret(), &TestClock::new());
    let answer = http.send(&get()).await.unwrap();
    let advice = crate::net::refusal::Advice { limit: false, forbidden: "" };
    let error = crate::net::refusal::typed(&answer, "It was answered 401.".to_owned(), &advice);
    assert!(error.to_string().contains("has been taken back, or it has lost its right"), "{error}");
    assert_eq!(counts(&server), (2, 2));
    assert_eq!(http.send(&get()).await.unwrap().status, 401);
    assert_eq!(counts(&server), (2, 3));
}

#[tokio::test]
async fn a_grant_that_is_taken_back_in_mid_run_says_so_once() {
    let asked = AtomicUsize::new(0);
    let server =
        Server::start(move |seen| match (seen.path.as_str(), asked.fetch_add(1, Ordering::SeqCst)) {
            ("/oauth/token", 0) => {
                Reply::json(200, &json!({ "access_token": "first-of-all", "token_type": "Bearer" }))
            }
            ("/oauth/token", _) => Reply::json(400, &json!({ "error": "invalid_grant" })),
            (_, 1) => Reply::empty(200),
            _ => Reply::empty(401),
        })
        .await;
    let http = http(&server, by_secret(), &TestClock::new());
    assert_eq!(http.send(&get()).await.unwrap().status, 200);
    for _ in 0..3 {
        let told = unauthorised(http.send(&get()).await.unwrap_err());
        assert!(told.contains("taken back or has expired: grant it again"), "{told}");
    }
    assert_eq!(counts(&server).0, 2);
}

async fn refused(reply: Reply) -> (ConnectorError, (usize, usize)) {
    let server = Server::start(move |_| reply.clone()).await;
    let http = http(&server, by_secret(), &TestClock::new());
    let error = http.send(&get()).await.unwrap_err();
    (error.into(), counts(&server))
}

#[tokio::test]
async fn a_refused_client_is_told_what_to_do_and_nothing_else_is_sent() {
    for (status, code, advice) in [
        (401, "invalid_client", "check `client_id` and the secret"),
        (400, "unauthorized_client", "allow it the grant type"),
        (400, "invalid_scope", "every scope under `scopes`"),
        (400, "invalid_grant", "grant it again"),
        (400, "unsupported_grant_type", "`basic` or `form`"),
        (401, "", "check `client_id` and the secret"),
    ] {
        let body = json!({ "error": code, "error_description": format!("no:\n{SECRET}") });
        let (error, counts) = refused(Reply::json(status, &body)).await;
        assert!(matches!(&error, ConnectorError::Unauthorised { .. }), "{error:?}");
        let told = error.to_string();
        assert!(told.contains(advice) && told.contains("nothing else was sent"), "{told}");
        assert!(told.contains("***") && !told.contains(SECRET), "{told}");
        assert_eq!(counts, (1, 0));
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_tried_again_later() {
    let (error, counts) = refused(Reply::empty(503)).await;
    assert!(matches!(error, ConnectorError::RetryLater { after: None, .. }), "{error:?}");
    assert_eq!(counts, (ATTEMPTS, 0));
    let (error, counts) = refused(Reply::empty(429).header("retry-after", "900")).await;
    let wait = Some(Duration::from_secs(900));
    assert!(matches!(error, ConnectorError::RetryLater { after, .. } if after == wait), "{error:?}");
    assert_eq!(counts, (1, 0));
}

/// Every wait is over at once.
struct Hasty;

#[async_trait::async_trait]
impl Clock for Hasty {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    async fn sleep(&self, _: Duration) {}
}

#[tokio::test]
async fn a_token_endpoint_that_does_not_answer_in_time_is_tried_again_later() {
    let server = Server::start(|_| Reply::hang()).await;
    let client = Client::new(grant(&server), by_secret()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Hasty);
    let error = client.token(&clock).await.unwrap_err();
    assert!(error.to_string().contains("had no whole answer within 30 s"), "{error}");
    assert!(matches!(error.into(), ConnectorError::RetryLater { .. }));
}

#[tokio::test]
async fn a_token_endpoint_is_asked_again_once_it_may_be_back() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/oauth/token" if asked.fetch_add(1, Ordering::SeqCst) < ATTEMPTS => Reply::empty(502),
        "/oauth/token" => Reply::json(200, &json!({ "access_token": "late", "expires_in": "60" })),
        _ => Reply::empty(200),
    })
    .await;
    let clock = TestClock::new();
    let http = http(&server, by_secret(), &clock);
    assert!(http.send(&get()).await.is_err());
    assert!(http.send(&get()).await.is_err());
    assert_eq!(counts(&server), (ATTEMPTS, 0));
    clock.sleep(RESPITE).await;
    assert_eq!(http.send(&get()).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_answer_that_holds_no_token_is_not_understood() {
    let long = "x".repeat(300 << 10);
    for reply in [
        Reply::text(200, "text/html", &format!("<p>{SECRET}</p>")),
        Reply::json(200, &json!({ "token": "abc" })),
        Reply::json(200, &json!({ "access_token": "a\r\nb" })),
        Reply::json(200, &json!({ "access_token": "abc", "token_type": "mac" })),
        Reply::text(200, "application/json", &long),
        Reply::empty(302).header("location", "http://h.example/"),
        Reply::empty(404),
    ] {
        let (error, counts) = refused(reply).await;
        assert!(matches!(error, ConnectorError::ContractBroken { .. }), "{error:?}");
        assert!(!error.to_string().contains(SECRET), "{error}");
        assert_eq!(counts, (1, 0));
    }
}

#[tokio::test]
async fn an_access_token_that_is_echoed_is_masked() {
    let server = vendor(3600, |number| {
        let echoed = format!("access-token-{number}-4b1f and {SECRET}");
        Reply::json(400, &json!({ "echo": echoed }))
    })
    .await;
    let http = http(&server, by_secret(), &TestClock::new());
    let shown = http.send(&get()).await.unwrap().excerpt();
    assert!(shown.contains("***") && !shown.contains("4b1f") && !shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn nothing_of_a_client_can_be_printed() {
    let server = vendor(3600, |_| Reply::empty(200)).await;
    let client = Client::new(grant(&server), by_secret()).unwrap();
    let clock: Arc<dyn Clock> = TestClock::new();
    let issued = client.token(&clock).await.unwrap();
    let shown = format!("{client:?} {issued:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("access-token"), "{shown}");
}

#[test]
fn credentials_do_not_travel_in_the_clear() {
    let with = |url: &str| {
        let token_url = url.parse().unwrap();
        Client::new(
            Grant { token_url, client_id: "c".to_owned(), scopes: Vec::new(), audience: None },
            by_secret(),
        )
        .map(|_| ())
    };
    assert!(with("http://vendor.example/token").is_err());
    assert!(with("https://u:p@vendor.example/token").is_err());
    assert_eq!(with("https://vendor.example/token?x=1"), Ok(()));
    assert_eq!(with("http://localhost:9/token"), Ok(()));
}
