//! docs/api.md: what every endpoint answers to whom, written from a run of this test.
//!
//! The run compares; with RAPPORT_WRITE_DOCS=1 it writes.

use crate::examples::Scene;
use crate::support::{Desk, PASSWORD, read};
use rapport_model::Role;
use rapport_model::access::Scope;
use rapport_server::account::{NewUser, add_user};
use rapport_server::machine::{self, NewToken};
use rapport_server::rest::routes;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "# Endpoints, roles, answers

Every endpoint, and the status that it answers to each caller. A test of the server makes what the endpoint needs, sends the
example of the OpenAPI document (`/api/openapi.json`, to try at `/api/docs`) as each caller, and compares this page with what
came back; `RAPPORT_WRITE_DOCS=1` writes it.

| Caller | Who |
| --- | --- |
| nobody | no token |
| admin | an administrator |
| owner | sales; the customer in question is hers |
| other | sales of another team; the customer is a colleague's |
| support | support |
| guest | a brand partner; the customer is named for her |
| stranger | a brand partner; the customer is not named for her |
| reads | a machine token of scope `read` that acts as an administrator |

404 is also the answer for what is there but out of the caller's sight. 401: no token or none that is good. 403: seen, but not
for this role. 409: the state of things is against it. Codes, fields and messages of refusals are in the document.

";

/// The callers, in the order of the columns.
const CALLERS: [&str; 8] = ["nobody", "admin", "owner", "other", "support", "guest", "stranger", "reads"];

/// An organisation with a desk for each caller.
struct House {
    scene: Scene,
    guest: String,
    desks: Vec<Desk>,
}

fn add(scene: &Scene, name: &str, role: Role, team: Option<&str>) -> String {
    let (email, team) = (format!("{name}@acme.example"), team.map(str::to_owned));
    let new = NewUser { email, name: name.to_owned(), role, team, password: Some(PASSWORD.to_owned()) };
    add_user(&scene.world.folder(), &scene.world.source(), scene.world.org, &new).unwrap().to_string()
}

async fn desk(scene: &Scene, name: &str) -> Desk {
    scene.world.desk(&format!("{name}@acme.example")).await
}

fn machine_desk(scene: &Scene) -> Desk {
    let (name, expires, email) = ("Export".to_owned(), "1".to_owned(), Some("ada@acme.example".to_owned()));
    let new = NewToken { name, scope: Scope::Read, expires, email };
    let made = machine::create(&scene.world.folder(), &scene.world.source(), scene.world.org, &new).unwrap();
    Desk { token: made.bearer, ..scene.ada.clone() }
}

impl House {
    async fn open() -> House {
        let mut scene = Scene::open().await;
        scene.owner = Some(add(&scene, "owner", Role::Sales, Some("North")));
        add(&scene, "other", Role::Sales, Some("Elsewhere"));
        add(&scene, "support", Role::Support, None);
        let guest = add(&scene, "guest", Role::Brand, None);
        add(&scene, "stranger", Role::Brand, None);
        let mut desks = vec![Desk { token: String::new(), ..scene.ada.clone() }, scene.ada.clone()];
        for name in &CALLERS[2..7] {
            desks.push(desk(&scene, name).await);
        }
        desks.push(machine_desk(&scene));
        House { scene, guest, desks }
    }

    /// Who calls: what ends the session of its caller is called by somebody like her.
    async fn caller(&self, path: &str, column: usize, row: usize) -> Desk {
        let spent = matches!(path, "/api/me/password" | "/api/auth/logout") && (1..7).contains(&column);
        if !spent {
            return self.desks[column].clone();
        }
        let role = [Role::Admin, Role::Sales, Role::Sales, Role::Support, Role::Brand, Role::Brand][column - 1];
        let name = format!("{}-{row}", CALLERS[column]);
        add(&self.scene, &name, role, None);
        desk(&self.scene, &name).await
    }

    /// What a caller is answered, on records made for this one request.
    async fn answer(&self, route: &routes::Route, column: usize, row: usize) -> u16 {
        let real = self.scene.real(route.path).await;
        if let Some(customer) = real.get("customer") {
            let named = json!({ "customerIds": [customer] });
            self.scene.ada.put(&format!("/api/users/{}", self.guest), named).await.ok();
        }
        let caller = self.caller(route.path, column, row).await;
        let mut request = self.scene.request(&caller, route.method, route.path, &real);
        if route.path == "/api/me/password" {
            request = request.json(&json!({ "current": PASSWORD, "new": "three words and a number 7" }));
        }
        let status = read(request.send().await.unwrap()).await.status.as_u16();
        assert!(status < 500, "{} {}: {status}", route.method, route.path);
        if route.path.starts_with("/api/webhooks") {
            // Only so many are kept.
            let hooks = self.scene.ada.get("/api/webhooks").await.ok();
            for hook in hooks["items"].as_array().unwrap() {
                self.scene.ada.delete(&format!("/api/webhooks/{}", hook["_id"].as_str().unwrap())).await;
            }
        }
        status
    }
}

#[tokio::test]
async fn the_page_of_endpoints_is_what_a_run_saw() {
    let house = House::open().await;
    let mut page = HEAD.to_owned();
    let heads = CALLERS.map(|name| format!(" {name} |")).concat();
    writeln!(page, "| Endpoint |{heads}\n| --- |{}", " --- |".repeat(CALLERS.len())).unwrap();
    for (row, route) in routes::all().enumerate() {
        write!(page, "| {} `{}` |", route.method, route.path).unwrap();
        for column in 0..CALLERS.len() {
            write!(page, " {} |", house.answer(route, column, row).await).unwrap();
        }
        page.push('\n');
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    if std::env::var_os("RAPPORT_WRITE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let present = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    for (line, (is, said)) in page.lines().zip(present.lines()).enumerate() {
        assert_eq!(is, said, "line {} of docs/api.md; RAPPORT_WRITE_DOCS=1 writes it anew", line + 1);
    }
    assert_eq!(page.lines().count(), present.lines().count(), "docs/api.md lacks lines or has more");
}
