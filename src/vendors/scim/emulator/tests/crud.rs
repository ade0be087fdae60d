use super::*;

#[tokio::test]
async fn a_created_user_is_there_with_its_location_and_version() {
    let site = Site::start();
    let body =
        json!({ "schemas": [USER_URN], "userName": "Jane@acme.example", "externalId": "grantline:jane" });
    let request = site.request(Method::POST, "/Users").header("content-type", "application/scim+json");
    let response = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["content-type"], "application/scim+json");
    assert_eq!(response.headers()["etag"], "W/\"1\"");
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let created: Value = response.json().await.unwrap();
    assert_eq!(created["meta"]["location"], *location);
    assert_eq!(created["active"], true);
    let again = site.client.get(&location).bearer_auth("t0ken").send().await.unwrap();
    assert_eq!(again.json::<Value>().await.unwrap(), created);
}

#[tokio::test]
async fn a_user_name_is_taken_whatever_its_case() {
    let site = Site::start();
    site.user("jane@acme.example").await;
    let body = json!({ "schemas": [USER_URN], "userName": "JANE@acme.example" });
    let (status, error) = site.send(Method::POST, "/Users", body).await;
    assert_eq!((status, &error["scimType"], &error["status"]), (409, &json!("uniqueness"), &json!("409")));
}

#[tokio::test]
async fn put_drops_what_it_omits() {
    let site = Site::start();
    let body = json!({ "schemas": [USER_URN], "userName": "a", "title": "Lead", "active": false });
    let (_, user) = site.send(Method::POST, "/Users", body).await;
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let (status, after) =
        site.send(Method::PUT, &path, json!({ "schemas": [USER_URN], "id": "x", "userName": "a" })).await;
    assert_eq!((status, &after["id"], &after["active"]), (200, &user["id"], &json!(true)));
    assert_eq!(after.get("title"), None);
    assert_eq!(after["meta"]["version"], "W/\"2\"");
}

#[tokio::test]
async fn members_are_patched_by_id_and_carry_names() {
    let site = Site::start();
    let (jane, ravi) = (site.user("jane").await, site.user("ravi").await);
    let group = format!("/Groups/{}", site.group("Analysts", &[&jane]).await);
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": ravi }] }]);
    let (status, after) = site.patch(&group, add).await;
    assert_eq!(status, 200);
    assert_eq!(after["members"].as_array().unwrap().len(), 2);
    assert_eq!(after["members"][1]["display"], "ravi");
    assert_eq!(after["members"][1]["type"], "User");
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{jane}\"]") }]);
    let (_, after) = site.patch(&group, remove).await;
    assert_eq!(after["members"].as_array().unwrap().len(), 1);
    let (_, user) = site.get(&format!("/Users/{ravi}")).await;
    assert_eq!(user["groups"][0]["display"], "Analysts");
    let unknown = json!([{ "op": "add", "path": "members", "value": [{ "value": "nobody" }] }]);
    assert_eq!(site.patch(&group, unknown).await.0, 400);
    assert_eq!(
        site.emulator.audit().effects()[3..],
        ["group Analysts: +ravi".to_owned(), "group Analysts: -jane".to_owned()]
    );
}

#[tokio::test]
async fn a_deleted_user_leaves_its_groups() {
    let site = Site::start();
    let jane = site.user("jane").await;
    let group = site.group("Analysts", &[&jane]).await;
    let (status, body) = site.send(Method::DELETE, &format!("/Users/{jane}"), Value::Null).await;
    assert_eq!((status, body), (204, json!("")));
    assert_eq!(site.get(&format!("/Users/{jane}")).await.0, 404);
    let (_, group) = site.get(&format!("/Groups/{group}")).await;
    assert_eq!(group.get("members").and_then(Value::as_array).map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn a_write_against_an_old_version_is_refused() {
    let site = Site::start();
    let path = format!("/Users/{}", site.user("jane").await);
    let body = json!({ "schemas": [USER_URN], "userName": "jane", "title": "x" }).to_string();
    let put = |tag: &'static str| {
        let request = site.request(Method::PUT, &path).header("content-type", "application/scim+json");
        request.header("if-match", tag).body(body.clone()).send()
    };
    assert_eq!(put("W/\"1\"").await.unwrap().status(), 200);
    assert_eq!(put("W/\"1\"").await.unwrap().status(), 412);
    assert_eq!(put("*").await.unwrap().status(), 200);
    let request = site.request(Method::GET, &path).header("if-none-match", "W/\"2\"");
    assert_eq!(request.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn a_filter_finds_without_case_and_a_bad_one_is_refused() {
    let site = Site::start();
    site.user("jane@acme.example").await;
    let (_, page) = site.get("/Users?filter=username+eq+%22JANE@acme.example%22&attributes=userName").await;
    assert_eq!(names(&page), ["jane@acme.example"]);
    assert_eq!(page["Resources"][0].get("active"), None);
    let (status, error) = site.get("/Users?filter=colour+eq+%22red%22").await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidFilter")));
}

#[tokio::test]
async fn an_extension_is_named_among_the_schemas() {
    let site = Site::start();
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let path = format!("/Users/{}", site.user("jane").await);
    let operation = json!({ "op": "add", "path": format!("{urn}:department"), "value": "UX" });
    let (_, user) = site.patch(&path, json!([operation])).await;
    assert_eq!((&user["schemas"], &user[urn]["department"]), (&json!([USER_URN, urn]), &json!("UX")));
    let (_, page) = site.get(&format!("/Users?filter={urn}:department+eq+%22ux%22")).await;
    assert_eq!(names(&page), ["jane"]);
}

#[tokio::test]
async fn me_is_the_credentials_own_account() {
    let site = Site::start();
    let (status, own) = site.get("/Me").await;
    assert_eq!((status, &own["userName"]), (200, &json!("svc-grantline@acme.example")));
    site.emulator.behave(Behaviour { me: false, ..Behaviour::default() });
    assert_eq!(site.get("/Me").await.0, 501);
}

#[tokio::test]
async fn a_body_of_another_type_or_size_is_refused() {
    let site = Site::start();
    let post = |kind: &'static str, body: String| {
        site.request(Method::POST, "/Users").header("content-type", kind).body(body).send()
    };
    assert_eq!(post("text/plain", "{}".to_owned()).await.unwrap().status(), 415);
    assert_eq!(post("application/json", "{".to_owned()).await.unwrap().status(), 400);
    assert_eq!(post("application/json", " ".repeat(2 << 20)).await.unwrap().status(), 413);
}

#[tokio::test]
async fn discovery_is_for_whom_it_is_for() {
    let site = Site::start();
    for path in ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/ResourceTypes/User"] {
        assert_eq!(site.get(path).await.0, 200, "{path}");
    }
    let url = format!("{}/ServiceProviderConfig", site.emulator.base_url());
    let status = async || site.client.get(&url).send().await.unwrap().status().as_u16();
    assert_eq!(status().await, 401);
    site.emulator.behave(Behaviour { discovery: Discovery::Open, ..Behaviour::default() });
    assert_eq!(status().await, 200);
    site.emulator.behave(Behaviour { discovery: Discovery::Absent, ..Behaviour::default() });
    assert_eq!(site.get("/ServiceProviderConfig").await.0, 404);
}
