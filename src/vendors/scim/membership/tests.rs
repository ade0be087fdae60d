use super::*;
use crate::net::script::{Reply, Server};
use crate::vendors::scim::testing::{Takes, member_values, resource_server, service, team};
use crate::workspace::ScimSettings;
use serde_json::json;
use std::collections::BTreeSet;

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|i| i.to_string()).collect()
}

#[tokio::test]
async fn many_members_travel_in_chunks() {
    let (server, held) = resource_server(team(&[]), Takes::ALL).await;
    let verdicts = change(&service(&server, ScimSettings::default()), "x", true, &ids(0..250)).await;
    assert!(verdicts.iter().all(|verdict| *verdict == Ok(None)) && verdicts.len() == 250);
    assert_eq!(member_values(&held).len(), 250);
    let sizes: Vec<usize> = server
        .seen()
        .iter()
        .filter(|seen| seen.method == "PATCH")
        .map(|seen| seen.body["Operations"][0]["value"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 100, 50]);
}

#[tokio::test]
async fn one_account_that_the_vendor_does_not_accept_does_not_hold_up_the_rest() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::json(200, &json!({"id": "x", "members": [{"value": "1"}]})),
        _ if seen.body.to_string().contains("\"ghost\"") => Reply::error(400, "invalidValue", "no such user"),
        _ => Reply::empty(204),
    })
    .await;
    let all = ["1", "ghost", "2"].map(str::to_owned);
    let verdicts = change(&service(&server, ScimSettings::default()), "x", true, &all).await;
    assert_eq!(verdicts[0], Ok(Some("The account was a member already.")));
    assert!(
        matches!(&verdicts[1], Err(ConnectorError::Refused { message }) if message.contains("no such user"))
    );
    assert_eq!(verdicts[2], Ok(None));
}

#[tokio::test]
async fn who_is_no_member_any_more_counts_as_removed() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::json(200, &json!({"id": "x", "members": [{"value": "2"}]})),
        _ if seen.body.to_string().contains("\\\"1\\\"") => Reply::error(400, "noTarget", "no such member"),
        _ => Reply::empty(204),
    })
    .await;
    let service = service(&server, ScimSettings::default());
    let verdicts = change(&service, "x", false, &["1", "2"].map(str::to_owned)).await;
    assert_eq!(verdicts, [Ok(Some("The account was no member any more.")), Ok(None)]);
    assert!(server.seen().iter().all(|seen| seen.method != "PUT"));
}

#[tokio::test]
async fn a_refused_removal_is_no_success_where_members_are_not_told() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::json(200, &json!({"id": "x", "displayName": "Team"})),
        _ => Reply::error(400, "", "not like this"),
    })
    .await;
    let verdicts = change(&service(&server, ScimSettings::default()), "x", false, &ids(0..2)).await;
    assert_eq!(verdicts.len(), 2);
    for verdict in verdicts {
        let Err(ConnectorError::Refused { message }) = verdict else { panic!("{verdict:?}") };
        assert!(message.contains("not like this") && message.contains("patch: none"), "{message}");
    }
    assert!(server.seen().iter().all(|seen| seen.method != "PUT"));
}

#[tokio::test]
async fn a_group_that_is_gone_is_gone_for_everyone() {
    let server = Server::start(|_| Reply::error(404, "", "no such group")).await;
    let verdicts = change(&service(&server, ScimSettings::default()), "x", true, &ids(0..3)).await;
    assert_eq!(verdicts.len(), 3);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Err(ConnectorError::Gone { .. }))));
    assert_eq!(server.seen().iter().filter(|seen| seen.method == "PATCH").count(), 1);
}

#[tokio::test]
async fn a_vendor_that_asks_to_wait_is_not_pestered_member_by_member() {
    let server = Server::start(|_| Reply::error(429, "", "slow down")).await;
    let verdicts = change(
        &service(&server, ScimSettings { patch: Some("path".into()), ..Default::default() }),
        "x",
        true,
        &ids(0..3),
    )
    .await;
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Err(ConnectorError::RetryLater { .. }))));
    // As often as one request is sent at most, and not once for each member.
    let sent: BTreeSet<String> = server.seen().iter().map(|seen| seen.body.to_string()).collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
}
