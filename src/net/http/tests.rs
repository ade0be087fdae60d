use super::*;
use crate::net::script::{Reply, Server, TOKEN, TestClock, pace};
use crate::net::{Clock, SystemClock};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

const FORBIDDEN: &[(&str, &str)] = &[("user_deletion", "it deletes what it should not.")];

fn client(endpoint: Endpoint, clock: &Arc<TestClock>) -> Http {
    Http::new(
        endpoint,
        pace(Arc::clone(clock) as Arc<dyn Clock>),
        HttpLimits::default(),
        Protocol { forbidden: FORBIDDEN, ..Protocol::SCIM },
    )
    .unwrap()
}

fn get(segments: &[&str]) -> Request {
    Request::new(Method::GET, segments)
}

/// A server that gives each reply once, and the last one for ever.
async fn in_turn(replies: Vec<Reply>) -> Server {
    let next = AtomicUsize::new(0);
    Server::start(move |_| {
        let at = next.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1);
        replies[at].clone()
    })
    .await
}

#[tokio::test]
async fn a_request_carries_who_asks_and_what_is_understood() {
    let server = Server::start(|_| Reply::empty(204)).await;
    let http = client(server.endpoint("/scim/v2/"), &TestClock::new());
    let request = Request::new(Method::POST, &["Users", "a/b c"]).query("filter", "x eq \"y z\"");
    http.send(&request.json(&json!({"a": 1}))).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.line(), "POST /scim/v2/Users/a%2Fb%20c");
    assert_eq!(seen.q("filter"), "x eq \"y z\"");
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(seen.headers["user-agent"].starts_with("grantline/"));
    assert_eq!(seen.headers["content-type"], "application/scim+json");
    assert_eq!(seen.headers["accept"], "application/scim+json, application/json");
}

#[tokio::test]
async fn a_forbidden_path_is_never_asked_for() {
    let server = Server::start(|_| Reply::empty(204)).await;
    let clock = TestClock::new();
    let below = client(server.endpoint("/"), &clock).send(&get(&["api", "User_Deletion"])).await;
    let base = client(server.endpoint("/user_deletion"), &clock).send(&get(&["Users"])).await;
    assert!(matches!(below, Err(HttpError::NotAllowed(_))), "{below:?}");
    assert!(matches!(base, Err(HttpError::NotAllowed(_))), "{base:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_id_that_would_address_its_parent_is_refused() {
    let server = Server::start(|_| Reply::empty(204)).await;
    let http = client(server.endpoint("/v2"), &TestClock::new());
    for id in ["", ".", ".."] {
        let outcome = http.send(&Request::new(Method::DELETE, &["Users", id])).await;
        assert!(matches!(outcome, Err(HttpError::NotAllowed(_))), "{id:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_read_waits_as_long_as_it_is_told_and_comes_back() {
    let server = in_turn(vec![
        Reply::empty(429).header("retry-after", "7"),
        // By the server's clock it is an hour earlier.
        Reply::empty(503)
            .header("retry-after", "Sun, 22 Nov 2026 08:00:17 GMT")
            .header("date", "Sun, 22 Nov 2026 08:00:07 GMT"),
        Reply::empty(502),
        Reply::empty(200),
    ])
    .await;
    let clock = TestClock::new();
    let answer = client(server.endpoint(""), &clock).send(&get(&["Users"])).await.unwrap();
    assert_eq!(answer.status, 200);
    let waits: Vec<f64> = clock.waits().iter().map(Duration::as_secs_f64).collect();
    let [first, second, third] = waits[..] else { panic!("{waits:?}") };
    // What the server asked for, and a little more; then half of the third wait to all of it.
    assert!((7.0..7.5).contains(&first), "{first}");
    assert!((10.0..10.6).contains(&second), "{second}");
    assert!((0.25..=0.5).contains(&third), "{third}");
}

#[tokio::test]
async fn patience_ends() {
    let server = in_turn(vec![Reply::empty(503)]).await;
    let clock = TestClock::new();
    let answer = client(server.endpoint(""), &clock).send(&get(&["Users"])).await.unwrap();
    assert_eq!((answer.status, server.seen().len()), (503, ATTEMPTS));
    let server = in_turn(vec![Reply::empty(429).header("retry-after", "3600")]).await;
    let answer = client(server.endpoint(""), &clock).send(&get(&["Users"])).await.unwrap();
    assert_eq!((answer.retry_after, server.seen().len()), (Some(Duration::from_secs(3600)), 1));
    let never = Reply::empty(429).header("retry-after", "18446744073709551615");
    let server = in_turn(vec![Reply::empty(503), never]).await;
    let answer = client(server.endpoint(""), &clock).send(&get(&["Users"])).await.unwrap();
    assert_eq!((answer.retry_after, server.seen().len()), (Some(Duration::from_secs(24 * 3600)), 2));
}

#[tokio::test]
async fn a_write_is_repeated_only_when_it_was_not_carried_out() {
    let clock = TestClock::new();
    let post = Request::new(Method::POST, &["Users"]).json(&json!({}));
    let server = in_turn(vec![Reply::empty(429).header("retry-after", "2"), Reply::empty(201)]).await;
    assert_eq!(client(server.endpoint(""), &clock).send(&post).await.unwrap().status, 201);
    let server = in_turn(vec![Reply::empty(429), Reply::empty(429), Reply::empty(201)]).await;
    assert_eq!(client(server.endpoint(""), &clock).send(&post).await.unwrap().status, 201);
    for status in [500, 502, 503, 504] {
        let server = in_turn(vec![Reply::empty(status)]).await;
        client(server.endpoint(""), &clock).send(&post).await.unwrap();
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

/// Notes what it is asked to wait for, whether or not the wait comes to its end.
struct Noting(Arc<TestClock>, std::sync::Mutex<Vec<Duration>>);

#[async_trait::async_trait]
impl Clock for Noting {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.1.lock().unwrap().push(duration);
        self.0.sleep(duration).await;
    }

    fn outside(&self) -> crate::net::Outside {
        self.0.outside()
    }
}

#[tokio::test]
async fn a_write_that_had_to_wait_has_its_full_time_for_the_answer() {
    let server = in_turn(vec![Reply::empty(429).header("retry-after", "119"), Reply::empty(201)]).await;
    let clock = Arc::new(Noting(TestClock::new(), std::sync::Mutex::default()));
    let limits = HttpLimits::default();
    let http =
        Http::new(server.endpoint(""), pace(Arc::clone(&clock) as Arc<dyn Clock>), limits, Protocol::SCIM)
            .unwrap();
    let post = Request::new(Method::POST, &["Users"]).json(&json!({}));
    assert_eq!(http.send(&post).await.unwrap().status, 201);
    assert_eq!(clock.1.lock().unwrap().last(), Some(&limits.request));
}

/// Answers each connection by closing it.
async fn slamming() -> (Endpoint, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 1024];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await;
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (Endpoint::with_token(base, crate::net::Secret::new(TOKEN.to_owned())), count)
}

#[tokio::test]
async fn after_a_reset_a_read_is_repeated_and_a_write_is_not() {
    let (endpoint, count) = slamming().await;
    let http = client(endpoint, &TestClock::new());
    let outcome = http.send(&Request::new(Method::POST, &["Users"]).json(&json!({}))).await;
    let Err(HttpError::Unknown(message)) = outcome else { panic!("{outcome:?}") };
    assert!(message.contains("unknown until the vendor is read again"), "{message}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let outcome = http.send(&get(&["Users"])).await;
    assert!(matches!(outcome, Err(HttpError::Lost(_))), "{outcome:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1 + ATTEMPTS);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    let server = Server::start(|_| Reply::hang()).await;
    let http =
        Http::new(server.endpoint(""), pace(Arc::new(SystemClock)), HttpLimits::default(), Protocol::SCIM)
            .unwrap();
    let outcome = http.send(&Request::new(Method::DELETE, &["Users", "1"])).await;
    assert!(matches!(&outcome, Err(HttpError::Unknown(text)) if text.contains("30 s")), "{outcome:?}");
}

#[tokio::test]
async fn nothing_listening_means_nothing_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let endpoint = Endpoint::with_token(base, crate::net::Secret::new(TOKEN.to_owned()));
    let outcome = client(endpoint, &TestClock::new()).send(&get(&["Users"])).await;
    assert!(matches!(outcome, Err(HttpError::NotReached(_))), "{outcome:?}");
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let server = Server::start(|_| Reply::text(200, "application/json", &"x".repeat(5000))).await;
    let limits = HttpLimits { body: 4096, ..HttpLimits::default() };
    let http = Http::new(server.endpoint(""), pace(TestClock::new()), limits, Protocol::SCIM).unwrap();
    assert!(matches!(http.send(&get(&["Users"])).await, Err(HttpError::TooLarge(_))));
    let post = http.send(&Request::new(Method::POST, &["Users"])).await;
    assert!(matches!(post, Err(HttpError::Unknown(_))), "{post:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(|_| Reply::empty(302).header("location", "/elsewhere")).await;
    let answer = client(server.endpoint(""), &TestClock::new()).send(&get(&["Users"])).await.unwrap();
    assert_eq!((answer.status, server.seen().len()), (302, 1));
    assert_eq!(answer.location.as_deref(), Some("/elsewhere"));
}

#[test]
fn a_credential_does_not_travel_in_the_clear() {
    let outcome = |url: &str| {
        let endpoint = Endpoint::with_token(url.parse().unwrap(), crate::net::Secret::new(TOKEN.to_owned()));
        Http::new(endpoint, pace(TestClock::new()), HttpLimits::default(), Protocol::SCIM).map(|_| ())
    };
    assert!(outcome("http://vendor.example/scim").is_err());
    assert!(outcome("http://127.0.0.1.vendor.example/").is_err());
    assert!(outcome("https://user:pw@vendor.example/").is_err());
    assert!(outcome("https://vendor.example/?x=1").is_err());
    assert!(outcome("http://127.0.0.1:8080/scim").is_ok());
    assert!(outcome("http://[::1]:8080/scim").is_ok());
    assert!(outcome("https://vendor.example/scim").is_ok());
}

#[test]
fn no_spelling_of_another_host_passes_for_this_machine() {
    let is_taken = |url: &str| {
        let token = crate::net::Secret::new(TOKEN.to_owned());
        let Ok(base) = url.parse() else { return false };
        Http::new(
            Endpoint::with_token(base, token),
            pace(TestClock::new()),
            HttpLimits::default(),
            Protocol::SCIM,
        )
        .is_ok()
    };
    for url in [
        "http://localhost.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://localhost%2eevil.example/",
        "http://evil.example#@127.0.0.1/",
        "http://evil.example\\@127.0.0.1/",
        "http://localhost./",
        "http://0.0.0.0/",
        "http://0/",
        "http://[::]/",
        "http://[::ffff:10.0.0.1]/",
        "http://128.0.0.1/",
        "http://3232235521/",
        "http://0x8.1/",
        "http://169.254.169.254/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
    ] {
        assert!(!is_taken(url), "{url}");
    }
    // Other spellings of an address of this machine are one.
    for url in
        ["http://2130706433/", "http://0x7f.1/", "http://127.9.9.9/", "HTTP://LocalHost/", "http://[0:0::1]/"]
    {
        assert!(is_taken(url), "{url}");
    }
}

#[tokio::test]
async fn localhost_is_reached_on_this_machine() {
    let server = Server::start(|_| Reply::empty(204)).await;
    let mut endpoint = server.endpoint("");
    endpoint.base.set_host(Some("localhost")).unwrap();
    assert_eq!(client(endpoint, &TestClock::new()).send(&get(&["Users"])).await.unwrap().status, 204);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
        let mut sent = tokio::io::AsyncWriteExt::write_all(&mut stream, head).await;
        while sent.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            sent = tokio::io::AsyncWriteExt::write_all(&mut stream, b" ").await;
        }
    });
    let endpoint = Endpoint::with_token(base, crate::net::Secret::new(TOKEN.to_owned()));
    let http = Http::new(
        endpoint,
        pace(Arc::new(SystemClock)),
        HttpLimits::default(),
        Protocol { forbidden: FORBIDDEN, ..Protocol::SCIM },
    )
    .unwrap();
    let outcome = http.send(&Request::new(Method::DELETE, &["Users", "1"])).await;
    assert!(matches!(&outcome, Err(HttpError::Unknown(text)) if text.contains("30 s")), "{outcome:?}");
}

#[test]
fn no_message_holds_the_credential() {
    let endpoint = Endpoint::with_token(
        "https://x.example".parse().unwrap(),
        crate::net::Secret::new("a\nb".to_owned()),
    );
    let Err(error) = Http::new(endpoint, pace(TestClock::new()), HttpLimits::default(), Protocol::SCIM)
    else {
        panic!()
    };
    assert!(!error.to_string().contains("a\nb"));
}

static TOLD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

#[tokio::test]
async fn a_trace_tells_the_path_and_nothing_that_a_body_or_header_holds() {
    crate::net::trace_to(|line| TOLD.lock().unwrap().push(line.to_owned()));
    let server = Server::start(|_| Reply::text(207, "text/plain", "the body")).await;
    let request = Request::new(Method::POST, &["traced"]).query("filter", "userName eq jane");
    client(server.endpoint(""), &TestClock::new()).send(&request.json(&json!({"secret": 1}))).await.unwrap();
    let told = TOLD.lock().unwrap();
    let line = told.iter().find(|line| line.contains("/traced")).unwrap();
    assert!(line.starts_with("POST /traced 207 ") && line.ends_with(" ms"), "{line}");
    for part in [TOKEN, "jane", "secret", "the body"] {
        assert!(!told.iter().any(|line| line.contains(part)), "{part}");
    }
}
