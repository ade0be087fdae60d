//! What no description knows does not pass between a connector's vendor and anybody.

use super::lab;
use crate::support::described::of;
use crate::support::tenant::TOKEN;
use grantline::connector::{Catalogue, Configured};
use grantline::vendors::Registry;
use reqwest::{Client, Method};
use serde_json::json;

/// For each connector whose vendor has published a description: a path that is none, and one that takes a body.
const WRONG: [(&str, &str, &str); 3] = [
    ("okta", "/api/v1/persons", "/api/v1/groups"),
    ("entra", "/v1.0/persons", "/v1.0/groups"),
    ("segment", "/persons", "/groups"),
];

#[test]
fn a_wrong_path_and_a_wrong_body_are_caught() {
    let known = |connector: &str| Registry.names().contains(&connector) && of(connector).is_some();
    for (connector, path, takes_body) in WRONG.into_iter().filter(|(connector, ..)| known(connector)) {
        let spec = Registry.spec(connector, &Configured::default()).unwrap();
        let yaml = format!(
            "workspace: {{ name: acme }}\nvendors:\n  v: {{ connector: {connector}, manage: observe, url: emulator }}\n"
        );
        let lab = lab(&spec, None, &yaml);
        let watch = lab.tenant.watch.clone().unwrap();
        assert_eq!(caught(&lab.tenant.origin(), &watch, (Method::GET, path)), ["no such path is described"]);
        let wrong = caught(&lab.tenant.origin(), &watch, (Method::POST, takes_body));
        assert!(
            wrong.iter().any(|one| one.contains("\"nonsense\" is not described")),
            "{connector}: {wrong:?}"
        );
    }
}

/// What the watch says of one request, apart from what it says of the answer.
fn caught(
    origin: &str,
    watch: &crate::support::described::Watch,
    (method, path): (Method, &str),
) -> Vec<String> {
    crate::support::block_on(async {
        let request = Client::new().request(method.clone(), format!("{origin}{path}"));
        let request = request.bearer_auth(TOKEN);
        let request = match method {
            Method::GET => request,
            _ => {
                request.header("content-type", "application/json").body(json!({ "nonsense": 1 }).to_string())
            }
        };
        drop(request.send().await.unwrap());
    });
    let found = watch.take();
    found.iter().map(|one| one.split_once(": ").unwrap().1.to_owned()).collect()
}
