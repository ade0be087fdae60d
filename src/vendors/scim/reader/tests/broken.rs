//! Invariant 9: records that cannot be understood are set aside, as long as they are few.

use super::*;

/// What is told of the broken records: id, sign-in name, addresses.
fn told(read: &Snapshot) -> Vec<String> {
    let line = |one: &Broken| {
        let emails: Vec<&str> = one.emails.iter().map(Email::as_str).collect();
        format!("{:?} {:?} {emails:?}", one.id, one.login)
    };
    read.broken.iter().map(line).collect()
}

async fn read(
    people: Vec<Value>,
    groups: Vec<Value>,
    wanted: Vec<Resource>,
) -> Result<Snapshot, ConnectorError> {
    let server = server(people, groups, true).await;
    snapshot(&server, &vendor(&[]), wanted).await
}

#[tokio::test]
async fn one_broken_user_is_set_aside_and_the_rest_of_the_vendor_is_read() {
    let mut people = users(7);
    people[1]["active"] = json!("maybe");
    people[2]["userName"] = json!(5);
    people[3]["emails"] = json!(false);
    people[4]["id"] = json!("5\u{1b}[31m");
    people[5] = json!({"id": null, "userName": "U6@acme.example", "active": []});
    let groups = vec![json!({"id": "g1", "displayName": "A", "members": [{"value": "1"}, {"value": "2"}]})];
    let wanted = vec![group("a", Some("g1"), None), group("org", None, None)];
    let read = read(people, groups, wanted).await.unwrap();
    assert_eq!(read.accounts.keys().map(AccountId::as_str).collect::<Vec<_>>(), ["1", "7"]);
    assert_eq!(
        told(&read),
        [
            r#"None Some("U6@acme.example") ["u6@acme.example"]"#,
            r#"Some("2") Some("u2@acme.example") ["u2@acme.example"]"#,
            r#"Some("3") None []"#,
            r#"Some("4") Some("u4@acme.example") ["u4@acme.example"]"#,
            r#"Some("5\u{1b}[31m") Some("u5@acme.example") ["u5@acme.example"]"#,
        ]
    );
    let reasons: Vec<&str> = read.broken.iter().map(|one| &*one.reason).collect();
    assert_eq!(reasons[0], "A user has no id and an `active` that is neither true nor false.");
    assert_eq!(reasons[2], "The user \"3\" has a userName that is no text.");
    assert!(reasons[4].starts_with("The user \"5[31m\" has an id"), "{reasons:?}");
    assert_eq!(holders(&read, "a"), ["1:member", "2:member"]);
    assert!(!holders(&read, "org").iter().any(|holder| holder.contains("u6@")));
}

#[tokio::test]
async fn more_than_a_few_broken_users_are_a_vendor_that_is_not_understood() {
    let with = |broken: usize, all: usize| async move {
        let mut people = users(all);
        people[..broken].iter_mut().for_each(|user| user["active"] = json!("maybe"));
        read(people, Vec::new(), Vec::new()).await
    };
    assert_eq!(with(5, 5).await.unwrap().broken.len(), 5);
    assert_eq!(with(6, 60).await.unwrap().broken.len(), 6);
    let error = with(6, 59).await.unwrap_err();
    let ConnectorError::ContractBroken { message } = error else { panic!("{error:?}") };
    assert!(message.starts_with("6 of the 59 users cannot be understood"), "{message}");
}

#[tokio::test]
async fn users_without_an_id_that_cannot_be_told_apart_are_pages_that_do_not_add_up() {
    let with = |names: [Value; 2]| async move {
        let mut people = users(2);
        people.extend(names.map(|name| json!({"userName": name})));
        read(people, Vec::new(), Vec::new()).await.map(|read| read.broken.len())
    };
    assert_eq!(with([json!("a@acme.example"), json!("b@acme.example")]).await, Ok(2));
    for (twins, what) in [
        ([json!("a@acme.example"), json!("A@acme.example")], "comes twice"),
        ([json!("a@acme.example"), json!(1)], "neither an id nor a name"),
    ] {
        let outcome = with(twins).await;
        assert!(
            matches!(&outcome, Err(ConnectorError::ContractBroken { message }) if message.contains(what)),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_listing_that_lacks_a_record_is_unreadable_whoever_is_broken() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v2/Users" => list(3, &[json!({"id": "1", "userName": "a"}), json!({"userName": "b"})]),
        _ => Reply::empty(404),
    })
    .await;
    let outcome = snapshot(&server, &vendor(&[]), Vec::new()).await;
    assert!(matches!(outcome, Err(ConnectorError::ContractBroken { .. })), "{outcome:?}");
}

#[tokio::test]
async fn groups_that_do_not_add_up_or_lack_an_id_are_their_own_affair() {
    let named = |name: &str| json!({"displayName": name, "members": [{"value": "1"}]});
    let mut groups = vec![named("A"), named("B")];
    groups[1]["id"] = json!("g2");
    let wanted = vec![group("a", None, Some("A")), group("b", None, Some("B"))];
    let one = read(users(1), groups.clone(), wanted).await.unwrap();
    assert!(reason(&one, "a").contains("has no id"), "{}", reason(&one, "a"));
    assert_eq!(holders(&one, "b"), ["1:member"]);
    groups.push(named("a"));
    let many: Vec<Resource> =
        (1..=5).map(|i| group(&format!("r{i}"), None, Some(&format!("G{i}")))).collect();
    let read = read(users(1), groups, many).await.unwrap();
    assert_eq!(read.accounts.len(), 1);
    assert!(reason(&read, "r1").contains("do not add up"), "{}", reason(&read, "r1"));
}

#[tokio::test]
async fn no_lock_out_the_credentials_own_account_is_known_though_its_record_is_broken() {
    let own = |me: Reply, identity: Option<&'static str>| async move {
        let server = Server::start(move |seen| {
            let mut people = users(2);
            people[1]["active"] = json!(7);
            match seen.path.as_str() {
                "/v2/Users" => paged(seen, &people, 100),
                "/v2/Me" => me.clone(),
                _ => Reply::empty(404),
            }
        })
        .await;
        let mut vendor = vendor(&[]);
        vendor.identity = identity.map(|identity| at(Arc::from(identity)));
        snapshot(&server, &vendor, Vec::new()).await.unwrap().own
    };
    let two = AccountId::parse("2").ok();
    assert_eq!(own(Reply::json(200, &json!({"id": "2"})), None).await, two);
    assert_eq!(own(Reply::empty(501), Some("U2@acme.example")).await, two);
}
