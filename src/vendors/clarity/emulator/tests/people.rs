//! Who is signed in, and what they get to see.

use super::*;

#[tokio::test]
async fn the_operator_is_signed_in_without_a_step() {
    let site = Site::start(&company());
    let start = site.page("/").await;
    assert_eq!((start.heading().as_str(), start.all("li a")), ("My projects", vec!["Marketing".to_owned()]));
    assert!(start.text.contains("Signed in as <strong>tom@acme.example</strong>"));
}

#[tokio::test]
async fn the_way_from_the_start_page_is_links() {
    let site = Site::start(&company());
    let mut path = "/".to_owned();
    for text in ["Marketing", "Settings", "Team"] {
        let page = site.page(&path).await;
        let links = Selector::parse("main a").unwrap();
        let link = page.html.select(&links).find(|link| words(*link) == text);
        link.unwrap_or_else(|| panic!("{path} has no link {text}"))
            .attr("href")
            .unwrap()
            .clone_into(&mut path);
    }
    assert_eq!(path, site.members());
    assert_eq!(site.list().await.heading(), "Team");
}

#[tokio::test]
async fn one_who_signs_out_is_asked_to_sign_in() {
    let mut site = Site::start(&company());
    assert_eq!(site.post("/sign-out", &[]).await.status(), 303);
    for path in ["/".to_owned(), PROJECT.to_owned(), site.members()] {
        let page = site.page(&path).await;
        assert_eq!(page.heading(), "Sign in to Clarity");
        assert_eq!(page.all("option"), ["jane@acme.example", "olga@acme.example", "tom@acme.example"]);
    }
    let fields = [("address", "olga@acme.example"), ("back", PROJECT)];
    assert_eq!(site.post("/sign-in", &fields).await.headers()["location"], PROJECT);
}

#[tokio::test]
async fn a_form_of_somebody_signed_out_does_nothing() {
    let mut site = Site::start(&company());
    site.post("/sign-out", &[]).await;
    let path = format!("{}/jane@acme.example/remove", site.members());
    let page = Page::of(site.post(&path, &[]).await).await;
    assert_eq!(page.heading(), "Sign in to Clarity");
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn a_sign_in_leads_to_no_other_site() {
    let mut site = Site::start(&company());
    for back in ["//evil.example/", "https://evil.example", "/\\evil.example"] {
        let fields = [("address", "tom@acme.example"), ("back", back)];
        assert_eq!(site.post("/sign-in", &fields).await.headers()["location"], "/", "{back}");
    }
    assert_eq!(site.post("/sign-in", &[("address", "evil@x.example")]).await.status(), 422);
}

#[tokio::test]
async fn a_project_is_nobodys_business_who_is_not_in_it() {
    let mut vendor = company();
    vendor["projects"]["other"] =
        json!({ "name": "Other", "members": [member("zoe@acme.example", "admin")] });
    let mut site = Site::start(&vendor);
    assert!(!site.page("/").await.text.contains("Other"));
    for path in ["/projects/view/other", "/projects/view/none"] {
        let response = site.get(path).await;
        assert_eq!(response.status(), 403);
        assert!(Page::of(response).await.alert().contains("You do not have access"));
    }
    let path = "/projects/view/other/settings/team/zoe@acme.example/remove";
    assert_eq!(site.post(path, &[]).await.status(), 403);
    assert!(site.effects().is_empty());
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let site = Site::start(&company());
    let url = format!("{}{}/jane@acme.example/remove", site.emulator.origin(), site.members());
    let send = |origin: &str| site.client.post(&url).header("origin", origin).send();
    assert_eq!(send("http://evil.example").await.unwrap().status(), 403);
    assert!(site.effects().is_empty());
    assert_eq!(send(&site.emulator.origin()).await.unwrap().status(), 303);
}

#[tokio::test]
async fn an_unofficial_endpoint_leaves_a_trace() {
    let site = Site::start(&company());
    assert!(site.emulator.audit().violations().is_empty());
    for path in ["/api/v2/members", "/projects/api"] {
        assert_eq!(site.get(path).await.status(), 403);
    }
    assert_eq!(site.emulator.audit().violations().len(), 2);
    assert_eq!(site.get("/scim/v2/Users").await.status(), 404);
}

#[tokio::test]
async fn what_is_done_survives_a_restart() {
    let mut site = Site::start(&company());
    site.does("jane@acme.example", "remove", &[]).await;
    let before = site.emulator.state();
    let Site { emulator, _folder: folder, .. } = site;
    emulator.stop();
    let options = Options::new(folder.path().join("clarity.json"), Secret::new("t0ken".to_owned()));
    let site = Site::over(start(options).unwrap(), folder, false);
    assert_eq!(site.emulator.state(), before);
    assert_eq!(site.list().await.standing("jane@acme.example"), None);
}
