use super::*;

#[tokio::test]
async fn without_the_token_nothing_is_told() {
    let site = Site::start();
    for token in [None, Some("wrong"), Some("")] {
        let request = site.client.get(format!("{}/Users", site.emulator.base_url()));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
}

#[tokio::test]
async fn a_page_elsewhere_that_finds_the_port_is_turned_away() {
    let site = Site::start();
    let response = site.request(Method::GET, "/Users").header("host", "evil.example").send().await.unwrap();
    assert_eq!(response.status(), 421);
}

#[tokio::test]
async fn a_call_fails_before_or_after_its_effect() {
    let site = Site::start();
    let body = |name: &str| json!({ "schemas": [USER_URN], "userName": name });
    site.emulator.faults().add(Fault::new(1, Trouble::Status { status: 503 }));
    site.emulator.faults().add(Fault::new(2, Trouble::Status { status: 500 }).after_effect());
    assert_eq!(site.send(Method::POST, "/Users", body("a")).await.0, 503);
    assert_eq!(site.send(Method::POST, "/Users", body("a")).await.0, 500);
    assert_eq!(site.send(Method::POST, "/Users", body("a")).await.0, 409);
}

#[tokio::test]
async fn a_connection_drops_and_an_answer_is_cut() {
    let site = Site::start();
    site.emulator.faults().next(Trouble::Drop, 1);
    assert!(site.request(Method::GET, "/Users").send().await.is_err());
    site.emulator.faults().add(Fault::new(2, Trouble::Truncate).after_effect());
    let response = site.request(Method::GET, "/Users").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    assert_eq!(site.get("/Users").await.0, 200);
}

#[tokio::test]
async fn a_dropped_write_can_have_happened() {
    let site = Site::start();
    site.emulator.faults().add(Fault::new(1, Trouble::Drop).of_writes().after_effect());
    let request = site.request(Method::POST, "/Users").header("content-type", "application/json");
    let body = json!({ "schemas": [USER_URN], "userName": "jane" });
    assert!(request.body(body.to_string()).send().await.is_err());
    assert_eq!(names(&site.get("/Users?filter=userName+eq+%22jane%22").await.1), ["jane"]);
}

#[tokio::test]
async fn the_next_calls_are_rate_limited() {
    let site = Site::start();
    site.emulator.faults().next(Trouble::RateLimit { retry_after: 7 }, 2);
    for _ in 0..2 {
        let response = site.request(Method::GET, "/Users").send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"] == "7"), (429, true));
    }
    assert_eq!(site.get("/Users").await.0, 200);
}

#[tokio::test]
async fn faults_and_the_audit_log_can_be_reached_over_http() {
    let site = Site::start();
    let admin = |method, path: &str| {
        site.client.request(method, format!("{}/_emulator/{path}", site.emulator.origin()))
    };
    assert_eq!(admin(Method::GET, "audit").send().await.unwrap().status(), 401);
    let fault = json!({ "call": 1, "counting": "writes", "trouble": { "kind": "status", "status": 418 } });
    let sent =
        admin(Method::POST, "faults").bearer_auth("t0ken").body(fault.to_string()).send().await.unwrap();
    assert_eq!(sent.status(), 204);
    let body = json!({ "schemas": [USER_URN], "userName": "a" });
    assert_eq!(site.send(Method::POST, "/Users", body.clone()).await.0, 418);
    site.send(Method::POST, "/Users", body).await;
    let audit = admin(Method::GET, "audit").bearer_auth("t0ken").send().await.unwrap();
    let audit: Value = audit.json().await.unwrap();
    assert_eq!(audit["entries"][0]["effect"], "user a created");
    assert_eq!(audit["entries"][0]["who"], "token");
    let state = admin(Method::GET, "state").bearer_auth("t0ken").send().await.unwrap().text().await.unwrap();
    assert!(state.contains("\"a\"") && !state.contains("t0ken"));
}

#[tokio::test]
async fn habits_of_real_servers() {
    let behaviour = Behaviour {
        active_as_text: true,
        ignore_roles: true,
        html_errors: true,
        patch_no_content: true,
        relative_location: true,
        user_name_ids: true,
        max_patch_values: Some(2),
        ..Behaviour::default()
    };
    let site = Site::behaving(behaviour);
    let body = json!({ "schemas": [USER_URN], "userName": "a@b c", "roles": [{ "value": "Admin" }] });
    let (_, user) = site.send(Method::POST, "/Users", body).await;
    assert_eq!((&user["id"], &user["active"], user.get("roles")), (&json!("a@b c"), &json!("True"), None));
    let path = "/Users/a%40b%20c";
    assert_eq!(user["meta"]["location"], format!("/scim/v2{path}"));
    let replace = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    assert_eq!(site.patch(path, replace.clone()).await, (204, json!("")));
    let response = site.request(Method::GET, "/Users/none").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/scim+json");
    assert!(response.text().await.unwrap().starts_with("<html>"));
    let three = json!([replace[0], replace[0], replace[0]]);
    assert_eq!(site.patch(path, three).await.0, 400);
    site.emulator.behave(Behaviour { patch: Patching::Off, ..Behaviour::default() });
    assert_eq!(site.patch(path, replace).await.0, 501);
}

#[tokio::test]
async fn a_member_can_dangle() {
    let site = Site::behaving(Behaviour { dangling_members: true, ..Behaviour::default() });
    let jane = site.user("jane").await;
    let group = site.group("Analysts", &[&jane]).await;
    site.send(Method::DELETE, &format!("/Users/{jane}"), Value::Null).await;
    let (_, group) = site.get(&format!("/Groups/{group}")).await;
    assert_eq!(group["members"][0]["value"], *jane);
}

#[tokio::test]
async fn the_revoke_token_creates_nothing() {
    let folder = TempDir::new().unwrap();
    let revoke_token = Some(Secret::new("r3voke".to_owned()));
    let emulator = Emulator::start(Options { revoke_token, ..options(&folder) }).unwrap();
    let site = Site { emulator, client: client(), folder };
    let path = format!("/Users/{}", site.user("jane").await);
    let send = |method, path: &str| {
        let url = format!("{}{path}", site.emulator.base_url());
        site.client.request(method, url).bearer_auth("r3voke").send()
    };
    assert_eq!(send(Method::POST, "/Users").await.unwrap().status(), 403);
    assert_eq!(send(Method::DELETE, &path).await.unwrap().status(), 204);
    assert_eq!(site.emulator.audit().entries().last().unwrap().who, "revoke-token");
    assert!(site.folder.path().exists());
}

#[tokio::test]
async fn a_member_added_again_can_stand_twice() {
    let site = Site::behaving(Behaviour { doubled_members: true, ..Behaviour::default() });
    let jane = site.user("jane").await;
    let group = format!("/Groups/{}", site.group("Analysts", &[&jane]).await);
    site.patch(&group, json!([{ "op": "add", "path": "members", "value": [{ "value": jane }] }])).await;
    let twice = site.get(&group).await.1["members"].as_array().unwrap().len();
    site.emulator.behave(Behaviour::default());
    site.patch(&group, json!([{ "op": "add", "path": "members", "value": [{ "value": jane }] }])).await;
    assert_eq!((twice, site.get(&group).await.1["members"].as_array().unwrap().len()), (2, 1));
}
