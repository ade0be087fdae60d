//! The server as its own administrator sees it: by searches that each of the servers answers rightly, and by PUT,
//! which each of them takes.

use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

pub(super) struct Directory {
    base: Url,
    token: String,
    client: Client,
    runtime: Runtime,
}

impl Directory {
    pub(super) fn new(base: &str, token: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // A connection that the server has closed in the meantime would fail the test, not the program.
        let client = Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
        Self { base: base.parse().unwrap(), token: token.to_owned(), client, runtime }
    }

    /// How many there are, which even a server that pages wrongly says rightly.
    pub(super) fn total(&self, kind: &str) -> usize {
        let answer = self.ask(Method::GET, &[kind], &[("count", "0")], None);
        answer["totalResults"].as_u64().unwrap().try_into().unwrap()
    }

    pub(super) fn find(&self, kind: &str, attribute: &str, value: &str) -> Option<Value> {
        let filter = format!("{attribute} eq \"{value}\"");
        let answer = self.ask(Method::GET, &[kind], &[("filter", &filter)], None);
        let found = answer["Resources"].as_array().cloned().unwrap_or_default();
        assert!(found.len() < 2, "several {kind} have the {attribute} {value}");
        found.into_iter().next()
    }

    pub(super) fn user(&self, login: &str) -> Value {
        self.find("Users", "userName", login).unwrap_or_else(|| panic!("no user {login}"))
    }

    fn group(&self, name: &str) -> Value {
        self.find("Groups", "displayName", name).unwrap_or_else(|| panic!("no group {name}"))
    }

    /// The ids of a group's members.
    pub(super) fn members(&self, group: &str) -> Vec<Value> {
        let members = self.group(group)["members"].as_array().cloned().unwrap_or_default();
        let ids = members.iter().map(|member| member["value"].clone()).collect::<Vec<_>>();
        let distinct = ids.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>();
        assert_eq!(distinct.len(), ids.len(), "{group} has a member twice");
        ids
    }

    pub(super) fn edit_user(&self, login: &str, edit: impl FnOnce(&mut Value)) {
        let mut user = self.user(login);
        edit(&mut user);
        self.put("Users", &user);
    }

    /// Puts a user into a group, or takes them out.
    pub(super) fn edit_members(&self, group: &str, login: &str, add: bool) {
        let id = self.user(login)["id"].clone();
        let mut group = self.group(group);
        let mut members = group["members"].as_array().cloned().unwrap_or_default();
        let before = members.len();
        members.retain(|member| member["value"] != id);
        assert_eq!(members.len() == before, add, "no drift would come of it");
        members.extend(add.then(|| json!({ "value": id })));
        group["members"] = Value::Array(members);
        self.put("Groups", &group);
    }

    /// When each thing was last written that the tests touch, as the server says.
    pub(super) fn writes(&self, logins: &[String], groups: &[String]) -> Vec<Value> {
        let users = logins.iter().map(|login| self.user(login));
        let groups = groups.iter().map(|name| self.group(name));
        users.chain(groups).map(|resource| resource["meta"]["lastModified"].clone()).collect()
    }

    fn put(&self, kind: &str, resource: &Value) {
        self.ask(Method::PUT, &[kind, resource["id"].as_str().unwrap()], &[], Some(resource));
    }

    fn ask(&self, method: Method, path: &[&str], query: &[(&str, &str)], body: Option<&Value>) -> Value {
        let mut url = self.base.clone();
        url.path_segments_mut().unwrap().extend(path);
        let mut request = self.client.request(method, url).query(query).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("content-type", "application/scim+json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            assert!(status.is_success(), "{path:?}: {status}\n{text}");
            serde_json::from_str(&text).unwrap()
        })
    }
}
