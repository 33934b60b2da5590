//! Nothing out of somebody's scope is told by any route: texts are planted in every record, and looked for in every answer.

use super::support::{Desk, PASSWORD, World};
use rapport_model::Role;
use rapport_server::account::{NewUser, add_user};
use rapport_server::rest::routes;
use serde_json::{Value, json};

/// A small generator of choices, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A customer with what was planted in it.
struct Planted {
    id: String,
    n: usize,
    owner: Option<String>,
    status: &'static str,
    shared: bool,
    /// Ids of what hangs on it, by path word.
    children: Vec<(&'static str, String)>,
}

struct Viewer {
    desk: Desk,
    role: Role,
    team: Vec<String>,
    named: Vec<String>,
}

impl Viewer {
    /// The rule, said once more and independently.
    fn sees(&self, one: &Planted) -> bool {
        match self.role {
            Role::Admin | Role::Support => true,
            Role::Sales => match &one.owner {
                Some(owner) => self.team.contains(owner),
                None => matches!(one.status, "prospect" | "lead"),
            },
            Role::Brand => self.named.contains(&one.id),
        }
    }

    /// The planted words of a customer that this viewer must never read.
    fn forbidden(&self, one: &Planted) -> Vec<String> {
        let n = one.n;
        if !self.sees(one) {
            return vec![format!("plant{n}x")];
        }
        let mut out = Vec::new();
        if matches!(self.role, Role::Support | Role::Brand) {
            out.extend([format!("plant{n}xdraft"), format!("7700{n:03}")]);
        }
        if self.role == Role::Brand {
            out.push(format!("plant{n}xnote"));
            if !one.shared {
                out.push(format!("plant{n}xword"));
            }
        }
        out
    }
}

async fn plant(ada: &Desk, n: usize, owner: Option<String>, status: &'static str, shared: bool) -> Planted {
    let mark = format!("plant{n}x");
    let customer = json!({ "name": format!("{mark} name"), "status": status, "type": "individual", "assignedTo": owner,
        "notes": format!("{mark}note"), "tags": [format!("{mark}note")], "value": format!("7700{n:03}").parse::<i64>().unwrap(),
        "city": null, "phone": format!("0555 88{n:03}1"), "nextFollowUp": 1_900_000_000_000_i64 });
    let mut customer = customer;
    customer.as_object_mut().unwrap().shift_remove("city");
    let id = ada.post("/api/customers", customer).await;
    assert_eq!(id.status, 201, "{id:?}");
    let id = id.id();
    let path = format!("/api/customers/{id}");
    let contact = json!({ "firstName": "", "lastName": format!("{mark} contact"), "notes": format!("{mark}note") });
    let call = json!({ "type": "call", "subject": format!("{mark} call"), "description": format!("{mark}word"),
        "assignedTo": ada.user(), "shared": shared, "requiresFollowUp": true, "followUpDate": 1_900_000_000_000_i64,
        "followUpNotes": format!("{mark}word") });
    let draft = json!({ "subject": format!("{mark}draft"), "items": [], "totalAmount": 0 });
    let order =
        json!({ "items": [{ "sku": format!("{mark} sku"), "quantity": 1, "unitPrice": 1 }], "notes": format!("{mark}note") });
    let file = json!({ "ownerKind": "customers", "ownerId": id, "name": format!("{mark} file") });
    let mut children = Vec::new();
    for (word, body) in
        [("contacts", contact), ("interactions", call), ("quotes", draft), ("orders", order), ("attachments", file)]
    {
        let made = ada.post(&format!("{path}/{word}"), body).await;
        assert_eq!(made.status, 201, "{word}: {made:?}");
        children.push((word, made.id()));
    }
    Planted { id, n, owner, status, shared, children }
}

/// A path of the table with the ids of one customer in it.
fn filled(path: &str, one: &Planted) -> String {
    let of = |word: &str| one.children.iter().find(|(w, _)| *w == word).map_or(one.id.clone(), |(_, id)| id.clone());
    let word = path.rsplit('/').find(|part| !part.starts_with('{') && *part != "content").unwrap_or_default();
    let deeper = path.contains("{customer}") || path.starts_with("/api/orders");
    let id = if deeper { of(word) } else { one.id.clone() };
    path.replace("{customer}", &one.id).replace("{id}", &id)
}

async fn tells_nothing(viewer: &Viewer, planted: &[Planted], path: &str, answer: &str) {
    for one in planted {
        for word in viewer.forbidden(one) {
            assert!(!answer.contains(&word), "{:?} reads {word} at {path}: {answer}", viewer.role);
        }
    }
}

async fn story(seed: u64) {
    let world = World::start().await;
    let mut dice = Dice(seed);
    let ada = world.ada().await;
    let add = |email: &str, role, team: Option<&str>| {
        let new = NewUser {
            email: email.to_owned(),
            name: email.to_owned(),
            role,
            team: team.map(str::to_owned),
            password: Some(PASSWORD.to_owned()),
        };
        add_user(&world.folder(), &world.source(), world.org, &new).unwrap().to_string()
    };
    let north = [add("n1@acme.example", Role::Sales, Some("North")), add("n2@acme.example", Role::Sales, Some("North"))];
    let south = add("s1@acme.example", Role::Sales, Some("South"));
    let (_, brand) = (add("help@acme.example", Role::Support, None), add("guest@acme.example", Role::Brand, None));
    let mut planted = Vec::new();
    for n in 100..108 {
        let owners = [Some(north[0].clone()), Some(north[1].clone()), Some(south.clone()), None];
        let owner = owners[usize::try_from(dice.below(4)).unwrap()].clone();
        let status = ["prospect", "lead", "active"][usize::try_from(dice.below(3)).unwrap()];
        planted.push(plant(&ada, n, owner, status, dice.below(2) == 0).await);
    }
    let named: Vec<String> = planted.iter().filter(|_| dice.below(3) == 0).map(|one| one.id.clone()).collect();
    ada.put(&format!("/api/users/{brand}"), json!({ "customerIds": named })).await.ok();
    let viewer = async |email: &str, role, team: &[String]| Viewer {
        desk: world.desk(email).await,
        role,
        team: team.to_vec(),
        named: named.clone(),
    };
    let viewers = [
        viewer("n1@acme.example", Role::Sales, &north).await,
        viewer("s1@acme.example", Role::Sales, std::slice::from_ref(&south)).await,
        viewer("help@acme.example", Role::Support, &[]).await,
        viewer("guest@acme.example", Role::Brand, &[]).await,
    ];
    for viewer in &viewers {
        for route in routes::all().filter(|route| route.method == "GET" && route.path.starts_with("/api/") && !route.open) {
            for one in &planted {
                let path = filled(route.path, one);
                let reply = viewer.desk.get(&path).await;
                assert!(reply.status.as_u16() < 500, "{path}: {reply:?}");
                tells_nothing(viewer, &planted, &path, &reply.json.to_string()).await;
                if !viewer.sees(one) && path.contains(&one.id) {
                    assert!(reply.status == 404 || reply.status == 403, "{:?} {path}: {reply:?}", viewer.role);
                }
                if !route.path.contains('{') {
                    break;
                }
            }
        }
        lists(viewer, &planted).await;
        refusals(viewer, &planted).await;
        pulled(viewer, &planted).await;
    }
}

/// Lists, counts and searches: as many as the viewer may see, and found by no word that is hidden.
async fn lists(viewer: &Viewer, planted: &[Planted]) {
    let seen = planted.iter().filter(|one| viewer.sees(one)).count();
    let list = viewer.desk.get("/api/customers?includeInactive=true&limit=500").await.ok();
    assert_eq!((list["items"].as_array().unwrap().len(), &list["total"]), (seen, &json!(seen)), "{:?}", viewer.role);
    for path in ["/api/customers?sort=-value", "/api/customers?sort=value", "/api/customers?value=7700100"] {
        let reply = viewer.desk.get(path).await;
        if matches!(viewer.role, Role::Support | Role::Brand) {
            assert_eq!(reply.refused(), (403, "FIELD_NOT_ALLOWED"), "{path}");
        }
    }
    for one in planted {
        for q in [format!("plant{}x", one.n), format!("plant{}xnote", one.n), format!("055588{}1", one.n)] {
            let path = format!("/api/customers?includeInactive=true&q={q}");
            let found = viewer.desk.get(&path).await.ok();
            tells_nothing(viewer, planted, &path, &found["items"].to_string()).await;
            if viewer.role == Role::Brand && q.ends_with("note") {
                assert_eq!(found["total"], 0, "a tag is no way to find out");
            }
        }
    }
}

/// Errors say no more than answers do.
async fn refusals(viewer: &Viewer, planted: &[Planted]) {
    for one in planted.iter().filter(|one| !viewer.sees(one)) {
        let path = format!("/api/customers/{}", one.id);
        let unknown = "/api/customers/019e1ba1-0d00-7000-8000-0000000000ff";
        for body in [json!({ "phone": "1" }), json!({ "colour": "red" })] {
            let (there, nowhere) = (viewer.desk.put(&path, body.clone()).await, viewer.desk.put(unknown, body).await);
            assert_eq!(there.refused(), nowhere.refused(), "{:?}: what is hidden answers like what is not there", viewer.role);
        }
        assert_eq!(viewer.desk.delete(&path).await.refused().0, 404);
        let taken = json!({ "name": format!("plant{}x name", one.n), "status": "lead", "type": "individual" });
        let reply = viewer.desk.post("/api/customers", taken).await;
        assert!(!reply.json.to_string().contains(&one.id), "{reply:?}");
        if viewer.role == Role::Sales {
            assert_eq!(reply.refused(), (409, "NAME_TAKEN"), "that a name is taken is the one thing that leaks");
        }
    }
}

/// What a device of the viewer receives.
async fn pulled(viewer: &Viewer, planted: &[Planted]) {
    let mut cursor = Value::Null;
    loop {
        let request = json!({ "protocol": 1, "cursor": cursor, "limit": 500 });
        let page = viewer.desk.post("/api/sync/pull", request).await.ok();
        tells_nothing(viewer, planted, "/api/sync/pull", &page.to_string()).await;
        cursor = page["cursor"].clone();
        if page["more"] != true {
            return;
        }
    }
}

#[tokio::test]
async fn nothing_out_of_scope_is_told_by_any_route() {
    for seed in [1, 7] {
        story(seed).await;
    }
}
