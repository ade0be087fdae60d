use super::*;
use crate::net::script::{Reply, Seen, Server};
use crate::vendors::scim::testing::{list as list_reply, paged, service, users};
use crate::workspace::ScimSettings;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

mod churn;

async fn read_with(
    settings: ScimSettings,
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Vec<String>, String>, Vec<Seen>) {
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v2/ServiceProviderConfig" => Reply::empty(404),
        // Whoever is on no page is gone.
        path if path.starts_with("/v2/Users/") => Reply::empty(404),
        _ => answer(seen),
    })
    .await;
    let outcome = list(&service(&server, settings), "Users").await;
    let ids = outcome.map(|entries| entries.into_iter().map(|entry| entry.id).collect());
    let asked = server.seen().into_iter().filter(|seen| seen.path == "/v2/Users").collect();
    (ids.map_err(|error| error.to_string()), asked)
}

async fn read(
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Vec<String>, String>, Vec<Seen>) {
    read_with(ScimSettings::default(), answer).await
}

fn ids(n: usize) -> Vec<String> {
    (1..=n).map(|i| i.to_string()).collect()
}

#[tokio::test]
async fn pages_are_joined_in_the_servers_order() {
    let all = users(950);
    let (outcome, asked) = read(move |seen| paged(seen, &all, 100)).await;
    assert_eq!(outcome, Ok(ids(950)));
    assert_eq!(asked.len(), 10);
    assert_eq!((asked[0].q("startIndex"), asked[0].q("count")), ("1", "100"));
}

#[tokio::test]
async fn a_lowered_count_is_the_step() {
    let all = users(50);
    let (outcome, asked) = read(move |seen| paged(seen, &all, 20)).await;
    assert_eq!(outcome, Ok(ids(50)));
    let mut starts: Vec<&str> = asked.iter().map(|seen| seen.q("startIndex")).collect();
    starts.sort_unstable();
    assert_eq!(starts, ["1", "20", "39"], "each page begins with the record that the one before ends with");
}

#[tokio::test]
async fn an_empty_collection_is_empty() {
    assert_eq!(read(|_| list_reply(0, &[])).await.0, Ok(Vec::new()));
    let without = |_: &Seen| Reply::json(200, &json!({"totalResults": 0}));
    assert_eq!(read(without).await.0, Ok(Vec::new()));
}

#[tokio::test]
async fn a_server_that_ignores_paging_is_read_whole() {
    let all = users(250);
    let (outcome, asked) = read(move |_| list_reply(250, &all)).await;
    // The second request shows that there is nothing after what came with the first.
    assert_eq!((outcome, asked.len()), (Ok(ids(250)), 2));
}

/// Pages of at most `most`, each with the number that it holds for a total.
fn counting_what_it_sends(seen: &Seen, all: &[Value], most: usize) -> Reply {
    let start: usize = seen.q("startIndex").parse().unwrap();
    let count: usize = seen.q("count").parse().unwrap();
    let page: Vec<Value> = all.iter().skip(start - 1).take(count.min(most)).cloned().collect();
    list_reply(page.len(), &page)
}

#[tokio::test]
async fn a_total_that_counts_only_what_was_sent_is_not_believed() {
    let all = users(250);
    let (outcome, asked) = read(move |seen| counting_what_it_sends(seen, &all, 100)).await;
    assert!(outcome.unwrap_err().contains("only how many the first page holds"));
    assert_eq!((asked.len(), asked[1].q("startIndex")), (2, "101"));
}

#[tokio::test]
async fn the_servers_own_maximum_is_a_full_page_too() {
    for (most, expected) in [(20, None), (30, Some(ids(20)))] {
        let all = users(50);
        let server = Server::start(move |seen| match seen.path.as_str() {
            "/v2/ServiceProviderConfig" => {
                Reply::json(200, &json!({"filter": {"supported": true, "maxResults": most}}))
            }
            _ => counting_what_it_sends(seen, &all, 20),
        })
        .await;
        let settings = ScimSettings { page_size: Some(200), ..ScimSettings::default() };
        let outcome = list(&service(&server, settings), "Users").await;
        let read = outcome.ok().map(|entries| entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>());
        assert_eq!(read, expected, "{most}");
    }
}

#[tokio::test]
async fn a_full_page_with_nothing_after_it_is_all() {
    let after = [list_reply(100, &[]), list_reply(0, &[]), Reply::error(400, "invalidValue", "past the end")];
    for after in after {
        let all = users(100);
        let (outcome, asked) = read(move |seen| match seen.q("startIndex") {
            "1" => list_reply(100, &all),
            _ => after.clone(),
        })
        .await;
        assert_eq!((outcome, asked.len()), (Ok(ids(100)), 2));
    }
    let all = users(99);
    let (outcome, asked) = read(move |_| list_reply(99, &all)).await;
    assert_eq!((outcome, asked.len()), (Ok(ids(99)), 1), "a page that is not full needs no second one");
}

#[tokio::test]
async fn trouble_after_a_full_page_is_no_end() {
    for trouble in [401, 403, 429, 500, 503] {
        let all = users(100);
        let (outcome, _) = read(move |seen| match seen.q("startIndex") {
            "1" => list_reply(100, &all),
            _ => Reply::empty(trouble),
        })
        .await;
        assert!(outcome.unwrap_err().contains(&trouble.to_string()));
    }
}

#[tokio::test]
async fn a_total_is_not_believed_against_a_cursor() {
    let all = users(5);
    let (outcome, _) = read(move |seen| match seen.q("cursor") {
        "" => Reply::json(200, &json!({"totalResults": 2, "nextCursor": "c", "Resources": &all[..2]})),
        _ => Reply::json(200, &json!({"totalResults": 3, "Resources": &all[2..]})),
    })
    .await;
    assert!(outcome.unwrap_err().contains("totalResults moved"));
}

/// The outcome of a listing of 30 users, read with this budget, by index or by cursor.
async fn within(budget: Budget, settings: ScimSettings) -> Result<usize, String> {
    let all = users(30);
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v2/ServiceProviderConfig" => Reply::empty(404),
        _ if seen.query.contains_key("cursor") => cursored(seen, &all),
        _ => paged(seen, &all, 10),
    })
    .await;
    let outcome = list_within(&service(&server, settings), "Users", budget).await;
    outcome.map(|entries| entries.len()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_listing_that_is_larger_than_any_directory_is_given_up() {
    for settings in [cursor, ScimSettings::default] {
        assert_eq!(within(Budget { entries: 30, ..Budget::WHOLE }, settings()).await, Ok(30));
        let many = within(Budget { entries: 29, ..Budget::WHOLE }, settings()).await;
        assert!(many.unwrap_err().contains("more than any directory"));
        let large = within(Budget { bytes: 1500, ..Budget::WHOLE }, settings()).await;
        assert!(large.unwrap_err().contains("larger than any directory"));
    }
}

#[tokio::test]
async fn a_cursor_that_fits_into_no_url_is_not_sent_back() {
    for (length, requests) in [(LONGEST_CURSOR, 2), (LONGEST_CURSOR + 1, 1)] {
        let next = "c".repeat(length);
        let (outcome, asked) = read_with(cursor(), move |_| {
            Reply::json(200, &json!({"totalResults": 4, "nextCursor": next, "Resources": users(2)}))
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(asked.len(), requests);
    }
}

#[tokio::test]
async fn a_server_that_sends_page_one_for_every_page_is_unreadable() {
    let all = users(20);
    let (outcome, _) = read(move |_| list_reply(60, &all)).await;
    assert!(outcome.unwrap_err().contains("comes twice"));
}

#[tokio::test]
async fn a_page_past_the_end_that_repeats_page_one_is_unreadable() {
    let all = users(150);
    let (outcome, _) = read(move |seen| {
        let start: usize = seen.q("startIndex").parse().unwrap();
        let page: Vec<Value> =
            if start > 150 { &all[..100] } else { &all[start - 1..(start + 99).min(150)] }.to_vec();
        // It says that there are more than there are, so that the reading runs past the end.
        list_reply(210, &page)
    })
    .await;
    assert!(outcome.unwrap_err().contains("do not add up"));
}

#[tokio::test]
async fn a_total_that_keeps_moving_is_unreadable() {
    let (all, asked) = (users(200), AtomicUsize::new(0));
    let (outcome, _) = read(move |seen| {
        let start: usize = seen.q("startIndex").parse().unwrap();
        let moved = asked.fetch_add(1, Ordering::SeqCst);
        list_reply(200 + moved, &all[start - 1..(start + 99).min(200)])
    })
    .await;
    assert!(outcome.unwrap_err().contains("totalResults moved from"));
}

#[tokio::test]
async fn a_total_that_moved_once_is_read_again() {
    let (all, asked) = (users(200), AtomicUsize::new(0));
    let (outcome, seen) = read(move |seen| {
        let total = if asked.fetch_add(1, Ordering::SeqCst) == 0 { 199 } else { 200 };
        let start: usize = seen.q("startIndex").parse().unwrap();
        list_reply(total, &all[start - 1..(start + 99).min(200)])
    })
    .await;
    assert_eq!((outcome, seen.len()), (Ok(ids(200)), 4));
}

#[tokio::test]
async fn invariant_2_who_goes_and_who_comes_between_two_pages_hide_nobody() {
    let (before, mut after, asked) = (users(200), users(201), AtomicUsize::new(0));
    after.remove(49);
    let (outcome, _) = read(move |seen| {
        let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        paged(seen, if first { &before } else { &after }, 100)
    })
    .await;
    let there: Vec<String> = ids(201).into_iter().filter(|id| id != "50").collect();
    assert_eq!(outcome, Ok(there), "the total is 200 all along, and 101 was on neither page");
}

#[tokio::test]
async fn a_server_that_starts_only_where_its_pages_do_is_read_all_the_same() {
    for refusal in [None, Some(400), Some(403), Some(404), Some(410), Some(422)] {
        let all = users(250);
        let (outcome, asked) = read(move |seen| {
            let start: usize = seen.q("startIndex").parse().unwrap();
            if let Some(status) = refusal.filter(|_| start % 100 != 1) {
                return Reply::error(status, "", "no page starts there");
            }
            let page = (start - 1) / 100 * 100;
            list_reply(250, &all[page..(page + 100).min(250)])
        })
        .await;
        assert_eq!(outcome, Ok(ids(250)), "{refusal:?}");
        assert!(asked.len() <= 6, "{}", asked.len());
    }
}

#[tokio::test]
async fn pages_by_number_are_paid_for_once_but_for_those_that_show_it() {
    let all = users(500);
    let (outcome, asked) = read(move |seen| {
        let start: usize = seen.q("startIndex").parse().unwrap();
        let page = (start - 1) / 10 * 10;
        list_reply(500, &all[page..page + 10])
    })
    .await;
    assert_eq!((outcome, asked.len()), (Ok(ids(500)), 1 + 8 + 50));
}

#[tokio::test]
async fn pages_of_two_are_as_many_as_there_are_entries() {
    let total = MAX_PAGES + 10;
    let (outcome, asked) = read(move |_| list_reply(total, &users(2))).await;
    assert!(outcome.unwrap_err().contains(&format!("the first page holds 2 of {total}")));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn unevenly_filled_pages_are_read_one_after_the_other() {
    let all = users(50);
    // The page that starts at 20 holds five resources fewer than it was asked for.
    let (outcome, _) = read(move |seen| {
        let start: usize = seen.q("startIndex").parse().unwrap();
        let length = if start == 20 { 15 } else { 20 };
        list_reply(50, &all[start - 1..(start - 1 + length).min(50)])
    })
    .await;
    assert_eq!(outcome, Ok(ids(50)));
}

#[tokio::test]
async fn a_repeated_id_is_unreadable_even_when_the_number_is_right() {
    let mut all = users(3);
    all[2] = all[0].clone();
    let (outcome, _) = read(move |_| list_reply(3, &all)).await;
    assert!(outcome.unwrap_err().contains("\"1\" comes twice"));
}

#[tokio::test]
async fn too_few_are_unreadable() {
    let all = users(5);
    let (outcome, _) = read(move |seen| match seen.q("startIndex") {
        "1" => list_reply(9, &all),
        _ => list_reply(9, &[]),
    })
    .await;
    assert!(outcome.unwrap_err().contains("says 9 and the pages hold 5"));
}

#[tokio::test]
async fn without_a_total_nothing_is_known() {
    let (outcome, _) = read(|_| Reply::json(200, &json!({"Resources": users(2)}))).await;
    assert!(outcome.unwrap_err().contains("totalResults"));
}

#[tokio::test]
async fn a_failing_page_fails_the_reading() {
    // In the first turn, where it might be the start that is refused, and in a later one.
    for fails in [|start: usize| start != 1, |start: usize| start > 100] {
        let all = users(300);
        let (outcome, _) = read(move |seen| match fails(seen.q("startIndex").parse().unwrap()) {
            true => Reply::error(403, "", "no"),
            false => paged(seen, &all, 10),
        })
        .await;
        assert!(outcome.unwrap_err().contains("403"));
    }
}

#[tokio::test]
async fn a_reading_from_the_beginning_has_the_whole_budget() {
    let all = users(30);
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v2/ServiceProviderConfig" => Reply::empty(404),
        _ if seen.q("startIndex").ends_with('1') => paged(seen, &all, 10),
        _ => Reply::empty(404),
    })
    .await;
    let budget = Budget { entries: 30, ..Budget::WHOLE };
    let outcome = list_within(&service(&server, ScimSettings::default()), "Users", budget).await;
    assert_eq!(outcome.map(|entries| entries.len()), Ok(30));
}

#[tokio::test]
async fn what_is_no_scim_is_told_with_an_excerpt_and_without_tricks() {
    let html = "<html>\u{1b}[2J<h1>Sign in</h1>";
    for label in ["text/html", "application/scim+json"] {
        let (outcome, _) = read(move |_| Reply::text(200, label, html)).await;
        let message = outcome.unwrap_err();
        assert!(message.contains(label) && message.contains("Sign in"), "{message}");
        assert!(!message.contains('\u{1b}'), "{message}");
    }
    for wrong in
        [json!([]), json!({"totalResults": "many"}), json!({"totalResults": 1, "Resources": [{}]}), json!({})]
    {
        let (outcome, _) = read(move |_| Reply::json(200, &wrong)).await;
        assert!(outcome.is_err());
    }
    // Right by its words, but labelled as a page: a proxy's or a sign-in's answer is not the vendor's.
    let mislabelled = json!({"totalResults": 0}).to_string();
    assert!(read(move |_| Reply::text(200, "text/html", &mislabelled)).await.0.is_err());
    let (outcome, _) = read(|_| Reply::error(200, "", "an error that calls itself a success")).await;
    assert!(outcome.is_err());
}

/// Pages of two by cursors that are their starts.
fn cursored(seen: &Seen, all: &[Value]) -> Reply {
    let start: usize = seen.q("cursor").trim_start_matches('c').parse().unwrap_or(0);
    let page: Vec<Value> = all.iter().skip(start).take(2).cloned().collect();
    let mut body = json!({"totalResults": all.len(), "Resources": page});
    if start + 2 < all.len() {
        body["nextCursor"] = json!(format!("c{}", start + 2));
    }
    Reply::json(200, &body)
}

fn cursor() -> ScimSettings {
    ScimSettings { paging: Some(Arc::from("cursor")), ..ScimSettings::default() }
}

#[tokio::test]
async fn cursors_are_followed_to_their_end() {
    let all = users(5);
    let (outcome, asked) = read_with(cursor(), move |seen| cursored(seen, &all)).await;
    assert_eq!(outcome, Ok(ids(5)));
    let cursors: Vec<&str> = asked.iter().map(|seen| seen.q("cursor")).collect();
    assert_eq!(cursors, ["", "c2", "c4"]);
    assert!(asked.iter().all(|seen| !seen.query.contains_key("startIndex")));
}

#[tokio::test]
async fn a_server_that_says_it_has_cursors_only_is_believed() {
    let all = users(3);
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v2/ServiceProviderConfig" => {
            Reply::json(200, &json!({"pagination": {"cursor": true, "index": false}}))
        }
        _ => cursored(seen, &all),
    })
    .await;
    let read = list(&service(&server, ScimSettings::default()), "Users").await.unwrap();
    assert_eq!(read.len(), 3);
    assert!(server.seen().iter().all(|seen| !seen.query.contains_key("startIndex")));
}

#[tokio::test]
async fn a_server_that_refuses_an_index_is_asked_with_a_cursor() {
    let all = users(5);
    let (outcome, _) = read(move |seen| match seen.query.contains_key("startIndex") {
        true => Reply::error(400, "invalidValue", "use a cursor"),
        false => cursored(seen, &all),
    })
    .await;
    assert_eq!(outcome, Ok(ids(5)));
    let (outcome, _) = read(|_| Reply::error(400, "invalidValue", "the index answer")).await;
    assert!(outcome.unwrap_err().contains("the index answer"));
}

#[tokio::test]
async fn an_index_answer_that_names_a_cursor_is_followed() {
    let all = users(5);
    assert_eq!(read(move |seen| cursored(seen, &all)).await.0, Ok(ids(5)));
}

#[tokio::test]
async fn a_cursor_given_twice_is_unreadable() {
    let (outcome, asked) = read_with(cursor(), |_| {
        Reply::json(200, &json!({"totalResults": 4, "nextCursor": "again", "Resources": users(2)}))
    })
    .await;
    assert!(outcome.unwrap_err().contains("one cursor twice"));
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn an_id_on_two_cursor_pages_is_unreadable() {
    let (outcome, _) = read_with(cursor(), |seen| match seen.q("cursor") {
        "" => Reply::json(200, &json!({"nextCursor": "c", "Resources": users(2)})),
        _ => Reply::json(200, &json!({"Resources": users(1)})),
    })
    .await;
    assert!(outcome.unwrap_err().contains("comes twice"));
}

#[tokio::test]
async fn a_withdrawn_cursor_restarts_the_reading_once() {
    let (all, withdrawn) = (users(5), AtomicUsize::new(0));
    let (outcome, _) = read_with(cursor(), move |seen| match seen.q("cursor") {
        "c2" if withdrawn.fetch_add(1, Ordering::SeqCst) == 0 => Reply::error(400, "invalidCursor", "gone"),
        _ => cursored(seen, &all),
    })
    .await;
    assert_eq!(outcome, Ok(ids(5)));
    let all = users(5);
    let (outcome, asked) = read_with(cursor(), move |seen| match seen.q("cursor") {
        "c2" => Reply::error(400, "invalidCursor", "gone"),
        _ => cursored(seen, &all),
    })
    .await;
    assert!(outcome.unwrap_err().contains("invalidCursor"));
    assert_eq!(asked.len(), 4);
}
