//! docs/api.md: what every endpoint answers to whom, written from a run of this test.
//!
//! The run compares; with RAPPORT_WRITE_DOCS=1 it writes.

use crate::examples::Scene;
use crate::support::{Desk, PASSWORD, read};
use rapport_model::Role;
use rapport_server::account::{NewUser, Scope, add_user, create_token};
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

/// Desks that live through the whole run.
struct House {
    scene: Scene,
    owner: Desk,
    guest: String,
    desks: Vec<(&'static str, Option<Desk>)>,
}

async fn house() -> House {
    let mut scene = Scene::open().await;
    let add = |name: &str, role, team: Option<&str>| {
        let email = format!("{name}@acme.example");
        let team = team.map(str::to_owned);
        let new = NewUser { email, name: name.to_owned(), role, team, password: Some(PASSWORD.to_owned()) };
        add_user(&scene.world.folder(), &scene.world.source(), scene.world.org, &new).unwrap().to_string()
    };
    let mine = add("owner", Role::Sales, Some("North"));
    add("other", Role::Sales, Some("Elsewhere"));
    add("support", Role::Support, None);
    let guest = add("guest", Role::Brand, None);
    add("stranger", Role::Brand, None);
    let mut desks = vec![("nobody", None)];
    for name in &CALLERS[1..7] {
        let name = *name;
        let desk = if name == "admin" { scene.ada.clone() } else { scene.world.desk(&format!("{name}@acme.example")).await };
        desks.push((name, Some(desk)));
    }
    desks.push(("reads", Some(scene.machine())));
    let owner = desks[2].1.clone().unwrap();
    scene.owner = Some(mine);
    House { scene, owner, guest, desks }
}

impl House {
    /// What one caller is answered, on records made for this one request.
    async fn answer(&self, route: &routes::Route, desk: Option<&Desk>) -> u16 {
        let real = self.scene.real(route.path).await;
        if let Some(customer) = real.get("customer") {
            let named = json!({ "customerIds": [customer] });
            self.scene.ada.put(&format!("/api/users/{}", self.guest), named).await.ok();
        }
        let nobody = Desk { token: String::new(), ..self.owner.clone() };
        let mut request = self.scene.request(route.method, route.path, &real, desk.unwrap_or(&nobody));
        if desk.is_none() {
            request = crate::support::without_token(request);
        }
        let status = read(request.send().await.unwrap()).await.status.as_u16();
        assert!(status < 500, "{} {}: {status}", route.method, route.path);
        status
    }
}

#[tokio::test]
async fn the_page_of_endpoints_is_what_a_run_saw() {
    let house = house().await;
    let mut page = HEAD.to_owned();
    let heads = CALLERS.map(|name| format!(" {name} |")).concat();
    writeln!(page, "| Endpoint |{heads}\n| --- |{}", " --- |".repeat(CALLERS.len())).unwrap();
    for route in routes::all() {
        write!(page, "| {} `{}` |", route.method, route.path).unwrap();
        for (_, desk) in &house.desks {
            write!(page, " {} |", house.answer(route, desk.as_ref()).await).unwrap();
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
