//! Every operation of the document is tried as the document says, and answers as it says.

use crate::document::{operations, validator};
use crate::support::{Desk, PASSWORD, World, client};
use rapport_server::openapi::EXAMPLES;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Real values for the `{name}`s of paths and examples.
pub type Real = BTreeMap<&'static str, String>;

/// A running server, its document, and its administrator.
pub struct Scene {
    pub world: World,
    pub ada: Desk,
    document: Value,
    /// Whose customers are made; nobody's unless she is named.
    pub owner: Option<String>,
    count: AtomicUsize,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

impl Scene {
    pub async fn open() -> Scene {
        let world = World::start().await;
        let ada = world.ada().await;
        let document = ada.get("/api/openapi.json").await.ok();
        Scene { world, ada, document, owner: None, count: AtomicUsize::new(0) }
    }

    /// The example of a body, with real ids, and names and addresses that nothing here has yet.
    fn body(&self, method: &str, path: &str, real: &Real) -> Value {
        let content = &self.document["paths"][path][method.to_lowercase()]["requestBody"]["content"];
        let mut body = content["application/json"]["example"].to_string();
        // Names first: a token that is put in may hold one of them by chance.
        let n = self.count.fetch_add(1, Ordering::SeqCst);
        for (before, after) in [("Kvist Optik", "Kvist"), ("\"South\"", "\"S"), ("Far South", "Far"), ("L-1", "L")] {
            let end = if before.starts_with('"') { "\"" } else { "" };
            body = body.replace(before, &format!("{after}{n}{end}"));
        }
        body = body.replace("eve@", &format!("eve{n}@"));
        for (name, example) in EXAMPLES {
            body = body.replace(example, real.get(name).map_or(example, String::as_str));
        }
        serde_json::from_str(&body).unwrap()
    }

    /// What a POST to a collection makes.
    async fn made(&self, collection: &str, real: &Real) -> Value {
        let path = collection.replace("{customer}", real.get("customer").map_or("", String::as_str));
        let mut body = self.body("POST", collection, real);
        if let ("/api/customers", Some(owner)) = (collection, &self.owner) {
            body["assignedTo"] = owner.as_str().into();
        }
        let made = self.ada.post(&path, body).await;
        assert_eq!(made.status, 201, "{collection}: {made:?}");
        made.json
    }

    /// Somebody new: her id, and the code of her link.
    async fn newcomer(&self) -> (String, String) {
        let made = self.made("/api/users", &Real::new()).await;
        let code = text(&made["link"]).rsplit_once("code=").unwrap().1.to_owned();
        (text(&made["user"]["_id"]), code)
    }

    /// Somebody new on her first device.
    async fn newcomer_s_desk(&self) -> Desk {
        let code = self.newcomer().await.1;
        let session = self.world.post("/api/auth/enrol", json!({ "code": code })).await.ok();
        Desk { client: client(), url: self.world.url.clone(), token: text(&session["accessToken"]), session }
    }

    /// All that an operation needs is there: made for it alone, so that no operation depends on another.
    pub async fn real(&self, path: &str) -> Real {
        let mut real = Real::from([("user", self.ada.user().to_owned())]);
        let made = self.made("/api/customers", &real).await;
        real.insert("customer", text(&made["_id"]));
        let parts: Vec<&str> = path.split('/').skip(2).collect();
        match parts.as_slice() {
            ["customers", "{id}", act @ ..] => {
                real.insert("id", real["customer"].clone());
                real.insert("other", text(&self.made("/api/customers", &real).await["_id"]));
                let itself = format!("/api/customers/{}", real["id"]);
                match act {
                    ["restore"] => assert_eq!(self.ada.delete(&itself).await.status, 204),
                    ["unarchive"] => drop(self.ada.post(&format!("{itself}/archive"), json!({})).await.ok()),
                    _ => {}
                }
            }
            ["customers", "{customer}", kind, "{id}", act @ ..] => {
                let made = self.made(&format!("/api/customers/{{customer}}/{kind}"), &real).await;
                real.insert("id", text(&made["_id"]));
                let itself = format!("/api/customers/{}/{kind}/{}", real["customer"], real["id"]);
                self.prepare(&itself, kind, act).await;
            }
            ["users", "{id}", act @ ..] => {
                let id = self.newcomer().await.0;
                if act == ["reactivate"] {
                    self.ada.post(&format!("/api/users/{id}/deactivate"), json!({})).await.ok();
                }
                real.insert("team", text(&self.made("/api/teams", &real).await["_id"]));
                real.insert("id", id);
            }
            ["devices", "{id}"] => drop(real.insert("id", text(&self.newcomer_s_desk().await.session["deviceId"]))),
            [kind @ ("orders" | "items" | "teams"), "{id}"] => {
                let made = self.made(&format!("/api/{kind}"), &real).await;
                real.insert("id", text(&made["_id"]));
            }
            ["webhooks", "{id}", act @ ..] => {
                let hook = text(&self.made("/api/webhooks", &real).await["_id"]);
                if let ["deliveries", "{delivery}", ..] = act {
                    let ping = self.ada.post(&format!("/api/webhooks/{hook}/test"), json!({})).await.ok();
                    real.insert("delivery", text(&ping["_id"]));
                }
                real.insert("id", hook);
            }
            ["auth", "enrol"] => drop(real.insert("code", self.newcomer().await.1)),
            ["auth", "refresh"] => drop(real.insert("refreshToken", text(&self.newcomer_s_desk().await.session["refreshToken"]))),
            _ => {}
        }
        real
    }

    /// A quote goes as far as it has to be for what is done with it; a file has content before it is read.
    async fn prepare(&self, itself: &str, kind: &str, act: &[&str]) {
        let way: &[&str] = match (kind, act) {
            ("quotes", ["view" | "accept" | "reject" | "revise"]) => &["send"],
            ("quotes", ["convert"]) => &["send", "accept"],
            _ => &[],
        };
        for step in way {
            let body = self.body("POST", &format!("/api/customers/{{customer}}/quotes/{{id}}/{step}"), &Real::new());
            self.ada.post(&format!("{itself}/{step}"), body).await.ok();
        }
        if kind == "attachments" && act == ["content"] {
            let put = self.ada.request(Method::PUT, &format!("{itself}/content")).body("hello");
            assert_eq!(put.send().await.unwrap().status(), 200);
        }
    }

    /// Who does it: what changes the session of its caller has one of its own.
    async fn desk(&self, path: &str) -> Desk {
        match path {
            "/api/me/password" | "/api/auth/logout" => self.newcomer_s_desk().await,
            _ => self.ada.clone(),
        }
    }

    /// The request of an operation, with the example of its body.
    pub fn request(&self, desk: &Desk, method: &str, path: &str, real: &Real) -> reqwest::RequestBuilder {
        let address = path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            name.map_or(part, |name| real.get(name).map_or_else(|| example(name), String::as_str)).to_owned()
        });
        let address = address.collect::<Vec<_>>().join("/");
        let mut request = desk.request(method.parse().unwrap(), &address);
        let content = &self.document["paths"][path][method.to_lowercase()]["requestBody"]["content"];
        if path == "/api/auth/login" {
            request = request.json(&json!({ "email": "ada@acme.example", "password": PASSWORD, "deviceName": "Laptop" }));
        } else if content["application/json"].is_object() {
            request = request.json(&self.body(method, path, real));
        } else if content.is_object() {
            request = request.body("hello");
        }
        request
    }

    async fn play(&self, method: &str, path: &str, operation: &Value) {
        let (real, desk) = (self.real(path).await, self.desk(path).await);
        let request = self.request(&desk, method, path, &real);
        self.fits(&format!("{method} {path}"), operation, request.send().await.unwrap()).await;
    }

    /// The answer is the documented success: status, headers, media type, body.
    async fn fits(&self, name: &str, operation: &Value, response: reqwest::Response) {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let said = String::from_utf8_lossy(&bytes);
        assert!(status.is_success(), "{name}: {status} {said}");
        let documented = &operation["responses"][status.as_str()];
        assert!(documented.is_object(), "{name} answers {status}");
        for (header, about) in documented["headers"].as_object().into_iter().flatten() {
            assert!(headers.contains_key(header) || about["required"] != true, "{name} lacks {header}");
        }
        let Some(content) = documented["content"].as_object() else {
            assert!(bytes.is_empty(), "{name}: {said}");
            return;
        };
        let kind = headers["content-type"].to_str().unwrap().split(';').next().unwrap_or_default();
        let media = content.get(kind).or(content.get("*/*")).unwrap_or_else(|| panic!("{name} answers {kind}"));
        if kind == "application/json" {
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            let found = validator(&self.document, &media["schema"]);
            let found: Vec<String> = found.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(found.is_empty(), "{name}: {found:?} in {said}");
        }
    }
}

fn example(name: &str) -> &'static str {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, example)| *example).unwrap()
}

#[tokio::test]
async fn every_operation_answers_its_example_as_the_document_says() {
    let scene = Scene::open().await;
    for (method, path, operation) in operations(&scene.document) {
        scene.play(&method, &path, &operation).await;
    }
}
