//! Who comes and goes while pages are read.

use super::*;

/// The users of these ids.
fn only(ids: impl Iterator<Item = usize>) -> Vec<Value> {
    let all = users(300);
    ids.map(|id| all[id - 1].clone()).collect()
}

/// The outcome where user 50 goes and 201 comes before the second page is read, and 51 goes and 202 comes while the pages
/// are read anew, so that 102 is on none of them; and how many requests went out for users alone.
async fn with_churn(says_of_missing: fn(&str) -> Reply) -> (Result<Vec<String>, String>, usize) {
    let (before, after) = (users(200), only((1..=201).filter(|id| *id != 50)));
    let (last, firsts) = (only((1..=202).filter(|id| *id != 50 && *id != 51)), AtomicUsize::new(0));
    let server = Server::start(move |seen| match (seen.path.as_str(), seen.q("startIndex")) {
        ("/v2/ServiceProviderConfig", _) => Reply::empty(404),
        ("/v2/Users", "1") => match firsts.fetch_add(1, Ordering::SeqCst) {
            0 => paged(seen, &before, 100),
            1 => paged(seen, &after, 100),
            _ => paged(seen, &last, 100),
        },
        ("/v2/Users", "100") => paged(seen, &after, 100),
        ("/v2/Users", _) => paged(seen, &last, 100),
        (path, _) => says_of_missing(path.rsplit('/').next().unwrap()),
    })
    .await;
    let outcome = list(&service(&server, ScimSettings::default()), "Users").await;
    let alone = server.seen().iter().filter(|seen| seen.path.starts_with("/v2/Users/")).count();
    let ids = outcome.map(|entries| entries.into_iter().map(|entry| entry.id).collect());
    (ids.map_err(|error| error.to_string()), alone)
}

#[tokio::test]
async fn invariant_2_whom_an_earlier_reading_saw_a_later_one_does_not_lose() {
    let (outcome, alone) = with_churn(|id| match id {
        "50" | "51" => Reply::empty(404),
        id => Reply::json(200, &json!({"id": id})),
    })
    .await;
    let there: Vec<String> = (1..=202).filter(|id| *id != 50 && *id != 51).map(|id| id.to_string()).collect();
    assert_eq!(outcome, Ok(there));
    assert_eq!(alone, 3, "102 after the second reading, 50 and 51 after the third");
}

#[tokio::test]
async fn invariant_2_who_is_there_and_on_no_page_makes_a_listing_unreadable() {
    let (outcome, _) = with_churn(|id| Reply::json(200, &json!({"id": id}))).await;
    assert!(outcome.unwrap_err().contains("the id \"50\" was on a page before and is on none now"));
    let (outcome, _) = with_churn(|_| Reply::empty(403)).await;
    assert!(outcome.unwrap_err().contains("on none now"), "a refusal does not say that somebody is gone");
}

#[tokio::test]
async fn many_who_are_suddenly_on_no_page_are_not_asked_for() {
    let (all, few, asked) = (users(200), users(100), AtomicUsize::new(0));
    let (outcome, _) = read(move |seen| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => paged(seen, &all, 100),
        _ => list_reply(70, &few[30..]),
    })
    .await;
    assert!(outcome.unwrap_err().contains("30 that were on a page before are on none now"));
}
