//! Through the socket: what a client sees.

mod crud;
mod failing;
mod lifecycle;
mod paging;
mod tokens;

use super::*;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A server in a folder of its own, and a client.
struct Site {
    emulator: Emulator,
    client: Client,
    folder: TempDir,
}

fn options(folder: &TempDir) -> Options {
    Options::new(folder.path().join("state").join("crm.json"), Secret::new("t0ken".to_owned()))
}

fn client() -> Client {
    Client::builder().no_proxy().user_agent("test").build().unwrap()
}

impl Site {
    fn start() -> Self {
        Self::behaving(Behaviour::default())
    }

    fn behaving(behaviour: Behaviour) -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options { behaviour: Some(behaviour), ..options(&folder) };
        Self { emulator: Emulator::start(options).unwrap(), client: client(), folder }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.emulator.base_url());
        self.client.request(method, url).bearer_auth("t0ken")
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path).header("content-type", "application/scim+json");
        read(request.body(body.to_string()).send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    async fn user(&self, name: &str) -> String {
        let body = json!({ "schemas": [USER_URN], "userName": name });
        let (status, user) = self.send(Method::POST, "/Users", body).await;
        assert_eq!(status, 201, "{user}");
        user["id"].as_str().unwrap().to_owned()
    }

    async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        let body = json!({ "schemas": [GROUP_URN], "displayName": name, "members": members });
        let (status, group) = self.send(Method::POST, "/Groups", body).await;
        assert_eq!(status, 201, "{group}");
        group["id"].as_str().unwrap().to_owned()
    }

    async fn patch(&self, path: &str, operations: Value) -> (u16, Value) {
        self.send(Method::PATCH, path, json!({ "schemas": [PATCH_URN], "Operations": operations })).await
    }
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn names(page: &Value) -> Vec<&str> {
    page["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap()).collect()
}
