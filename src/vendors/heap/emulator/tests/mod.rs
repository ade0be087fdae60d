//! Through the socket: what a client and a visitor see.

mod controls;
mod people;
mod projects;
mod session;
mod surfer;
mod walk;

use super::*;
use crate::net::Secret;
use crate::vendors::scim::emulator::Seed;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use surfer::Surfer;
use tempfile::TempDir;

/// How the pages word things.
const LABELLINGS: [&str; 2] = ["documented", "guided"];

struct Site {
    emulator: Emulator,
    client: Client,
    _folder: TempDir,
}

const JANE: &str = "/account/manage/teammates/jane-id";

impl Site {
    fn start() -> Self {
        Self::of(&json!({}))
    }

    /// With these parts of the seed's `vendor` beside the ones that are always there.
    fn of(vendor: &Value) -> Self {
        let user = |id: &str, login: &str, name: &str| json!({ "id": id, "attributes": { "userName": login, "displayName": name } });
        let mut seed = json!({
            "format": "grantline.emulator/1", "tenant": "acme", "own": "svc@acme.example",
            "users": [
                user("jane-id", "jane@acme.example", "Jane <b>Doe</b> & \"co\""),
                user("svc-id", "svc@acme.example", "Grantline"),
            ],
            "vendor": {
                "custom_roles": ["billing"],
                "projects": { "2208394": { "name": "Main" } },
                "teammates": { "jane@acme.example": { "role": "analyst", "projects": { "2208394": "consumer" } } },
                "content": [{ "title": "Funnel", "kind": "dashboard", "created_by": "jane@acme.example" },
                    { "title": "Audit", "kind": "report", "created_by": "svc@acme.example" },
                ],
            },
        });
        for (key, value) in vendor.as_object().unwrap() {
            seed["vendor"][key] = value.clone();
        }
        let folder = TempDir::new().unwrap();
        let options = Options::new(folder.path().join("heap.json"), Secret::new("t0ken".to_owned()));
        let emulator = start(Options { seed: Some(Seed::Text(seed.to_string())), ..options }).unwrap();
        let no_redirect = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(no_redirect).build().unwrap();
        Self { emulator, client, _folder: folder }
    }

    /// A tenant whose people are managed in the pages, in one labelling: the operator administers, Jane is an analyst.
    fn by_hand(labelling: &str) -> (Self, Surfer) {
        let site = Self::of(&json!({ "scim": "off", "labelling": labelling, "operator": "svc@acme.example",
            "teammates": {
                "svc@acme.example": { "role": "admin" },
                "jane@acme.example": { "role": "analyst", "projects": { "2208394": "consumer" } },
            } }));
        let surfer = Surfer::new(site.emulator.origin());
        (site, surfer)
    }

    async fn page(&self, path: &str) -> String {
        let response = self.client.get(format!("{}{path}", self.emulator.origin())).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    async fn post(&self, path: &str, field: &str, value: &str) -> Response {
        self.form(path, field, value).send().await.unwrap()
    }

    fn form(&self, path: &str, field: &str, value: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.emulator.origin())).form(&[(field, value)])
    }

    fn effects(&self) -> Vec<String> {
        self.emulator.audit().effects()
    }

    fn scim(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.base_url());
        self.client.request(method, url).bearer_auth("t0ken").header("content-type", "application/scim+json")
    }
}

#[tokio::test]
async fn the_list_shows_what_scim_does_not_and_escapes_it() {
    let site = Site::start();
    let page = site.page("/account/manage/teammates").await;
    assert!(page.contains("Jane &lt;b&gt;Doe&lt;/b&gt; &amp; &quot;co&quot;"));
    assert!(page.contains("<td>Analyst</td><td>Active</td><td>Main (Consumer)</td><td>never</td>"));
    assert!(!page.contains("<script") && !page.contains("<b>"));
    let csv = site.page("/account/manage/teammates.csv").await;
    assert!(csv.contains("\"Jane <b>Doe</b> & \"\"co\"\"\",\"jane@acme.example\",\"Analyst\""));
}

#[tokio::test]
async fn teammates_are_neither_added_nor_removed_in_the_pages() {
    let site = Site::start();
    let before = site.emulator.state();
    for (path, field) in [("/account/manage/teammates".to_owned(), "email"), (format!("{JANE}/remove"), "x")]
    {
        let response = site.post(&path, field, "new@acme.example").await;
        assert_eq!(response.status(), 403);
        assert!(response.text().await.unwrap().contains("SCIM provisioning is on"));
    }
    assert_eq!(site.emulator.state(), before);
}

#[tokio::test]
async fn roles_and_project_access_are_edited_in_the_pages() {
    let site = Site::start();
    let response = site.post(&format!("{JANE}/role"), "role", "billing").await;
    assert_eq!((response.status().as_u16(), response.headers()["location"] == JANE), (303, true));
    assert_eq!(site.post(&format!("{JANE}/projects/2208394"), "level", "admin").await.status(), 303);
    assert!(
        site.page("/account/manage/teammates")
            .await
            .contains("<td>billing</td><td>Active</td><td>Main (Admin)</td>")
    );
    assert!(site.page("/account/manage/projects/2208394").await.contains("<td>Admin</td>"));
    assert_eq!(site.post(&format!("{JANE}/projects/2208394"), "level", "none").await.status(), 303);
    assert!(site.page(JANE).await.contains("<option value=\"none\" selected>"));
    assert_eq!(site.post(&format!("{JANE}/role"), "role", "emperor").await.status(), 422);
    assert_eq!(site.post(&format!("{JANE}/projects/1"), "level", "admin").await.status(), 422);
    assert_eq!(
        site.emulator.audit().effects(),
        [
            "teammate jane@acme.example: role analyst -> billing",
            "teammate jane@acme.example: project 2208394 consumer -> admin",
            "teammate jane@acme.example: project 2208394 admin -> none",
        ]
    );
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let site = Site::start();
    let send =
        |origin: String| site.form(&format!("{JANE}/role"), "role", "admin").header("origin", origin).send();
    assert_eq!(send("http://evil.example".to_owned()).await.unwrap().status(), 403);
    assert_eq!(send("null".to_owned()).await.unwrap().status(), 403);
    assert!(site.emulator.audit().effects().is_empty());
    assert_eq!(send(site.emulator.origin()).await.unwrap().status(), 303);
}

#[tokio::test]
async fn scim_carries_no_roles_and_a_new_account_is_a_consumer() {
    let site = Site::start();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ravi@acme.example",
        "roles": [{ "value": "admin" }],
    });
    let response = site.scim(Method::POST, "/Users").body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.json::<Value>().await.unwrap().get("roles"), None);
    let page = site.page("/account/manage/teammates").await;
    assert!(page.contains("<td>ravi@acme.example</td><td>Consumer</td><td>Active</td><td></td>"));
}

#[tokio::test]
async fn what_a_removed_account_made_stays() {
    let site = Site::start();
    assert!(site.page("/account/content").await.contains("created by Jane"));
    assert_eq!(site.scim(Method::DELETE, "/Users/jane-id").send().await.unwrap().status(), 204);
    let page = site.page("/account/content").await;
    assert!(page.contains("Funnel") && page.contains("created by removed user"));
    assert!(page.contains("created by Grantline"));
    let state = site.emulator.state();
    assert_eq!(
        (&state["vendor"]["content"][0]["created_by"], state["vendor"]["teammates"].get("jane-id")),
        (&Value::Null, None)
    );
    assert_eq!(state["vendor"]["content"][1]["created_by"], "svc-id");
}

#[tokio::test]
async fn the_forbidden_endpoint_leaves_a_trace() {
    let site = Site::start();
    assert!(site.emulator.audit().violations().is_empty());
    let path = "/api/public/v0/user%5fdeletion";
    assert_eq!(site.post(path, "users", "1").await.status(), 403);
    let url = format!("{}{path}", site.emulator.base_url());
    assert_eq!(site.client.get(url).bearer_auth("t0ken").send().await.unwrap().status(), 403);
    assert_eq!(site.emulator.audit().violations().len(), 2);
}

#[test]
fn a_seed_that_names_nobody_is_refused() {
    let seed = json!({ "format": "grantline.emulator/1", "tenant": "acme", "vendor": {
        "teammates": { "nobody@acme.example": {} } } });
    let folder = TempDir::new().unwrap();
    let options = Options::new(folder.path().join("heap.json"), Secret::new("t".to_owned()));
    let error = start(Options { seed: Some(Seed::Text(seed.to_string())), ..options }).unwrap_err();
    assert!(error.to_string().contains("nobody@acme.example"), "{error}");
}

#[tokio::test]
async fn the_example_starts_and_shows_its_cast() {
    let folder = TempDir::new().unwrap();
    let options = Options::new(folder.path().join("heap.json"), Secret::new("t0ken".to_owned()));
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme/heap.json");
    let emulator = start(Options { seed: Some(Seed::File(example)), ..options }).unwrap();
    let site = Site { emulator, client: Client::builder().no_proxy().build().unwrap(), _folder: folder };
    assert!(site.page("/").await.contains("<td>jane@acme.example</td><td>Architect</td>"));
    assert!(site.page("/account/content").await.contains("created by Carol Jones"));
    assert!(site.page("/").await.contains("Signed in as Tom Berg."));
}
