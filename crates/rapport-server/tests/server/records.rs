//! The life of a customer with its contact and its calls, over REST.

use crate::support::{Desk, World, read};
use reqwest::Method;
use serde_json::{Value, json};

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

async fn with_header(desk: &Desk, method: Method, path: &str, header: (&str, &str), body: Value) -> crate::support::Reply {
    let request = desk.request(method, path).header(header.0, header.1);
    read(if body.is_null() { request } else { request.json(&body) }.send().await.unwrap()).await
}

#[tokio::test]
async fn an_item_of_a_list_may_be_sent_back_as_it_came_and_its_contact_be_changed_with_it() {
    let world = World::start().await;
    let sam = world.sam().await;
    let bare = sam.customer("Bare").await;
    sam.customer("Acme").await;
    let item = |list: Value, name: &str| -> Value {
        list["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let path = |item: &Value| format!("/api/customers/{}", item["_id"].as_str().unwrap());

    // Without a contact, `null` comes and goes; what is said makes the first one.
    let mut came = item(sam.get("/api/customers").await.ok(), "Bare");
    assert_eq!(sam.put(&bare, came.clone()).await.ok()["version"], came["version"]);
    came["primaryContact"] = json!({ "lastName": "Berg" });
    assert_eq!(sam.put(&bare, came.clone()).await.refused(), (400, "REQUIRED"));
    came["primaryContact"] = json!({ "firstName": "Ida", "lastName": "Berg", "phone": "1" });
    let primary = sam.put(&bare, came).await.ok()["primaryContactId"].clone();

    // Sent back as it came, nothing moves; what differs is changed in the contact, and nowhere else.
    let mut came = item(sam.get("/api/customers").await.ok(), "Bare");
    assert_eq!(came["primaryContact"]["_id"], primary);
    assert_eq!(sam.put(&path(&came), came.clone()).await.ok()["version"], came["version"]);
    came["primaryContact"]["phone"] = "2".into();
    came["phone"] = "3".into();
    assert_eq!(sam.put(&path(&came), came.clone()).await.ok()["phone"], "3");
    let now = item(sam.get("/api/customers").await.ok(), "Bare");
    assert_eq!((&now["primaryContact"]["phone"], &now["primaryContact"]["_id"]), (&json!("2"), &primary));

    // It names the contact that is primary, and is not emptied.
    came["primaryContact"]["_id"] = came["_id"].clone();
    assert_eq!(sam.put(&path(&came), came.clone()).await.refused(), (400, "INVALID_VALUE"));
    let empty = sam.put(&bare, json!({ "primaryContact": null })).await;
    assert_eq!((empty.refused(), &empty.json["field"]), ((400, "INVALID_VALUE"), &json!("primaryContact")));
}

#[tokio::test]
async fn a_customer_is_made_read_changed_and_deleted() {
    let world = World::start().await;
    let sam = world.sam().await;
    let made =
        sam.post("/api/customers", json!({ "name": "Kjær & Sønner", "status": "lead", "type": "business", "phone": "1" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/api/customers/{}", made.id());
    assert_eq!(made.header("location"), path);
    assert_eq!(made.json["createdBy"], sam.user());
    assert_eq!((&made.json["isActive"], &made.json["tags"]), (&json!(true), &json!([])));
    assert!(made.json.get("nameKey").is_none(), "inner keys stay inside");

    let changed = sam.put(&path, json!({ "phone": "2" })).await;
    assert_eq!((changed.status.as_u16(), &changed.json["phone"]), (200, &json!("2")));
    assert_eq!(changed.json["name"], "Kjær & Sønner", "what is missing in the body stays");
    assert!(changed.json["version"].as_i64() > made.json["version"].as_i64());
    assert_eq!(sam.get(&path).await.json, changed.json);
    let same = sam.put(&path, changed.json.clone()).await;
    assert_eq!((same.status.as_u16(), &same.json), (200, &changed.json), "a body sent back changes nothing");

    assert_eq!(sam.delete(&path).await.status, 204);
    for gone in [sam.get(&path).await, sam.put(&path, json!({ "phone": "3" })).await, sam.delete(&path).await] {
        assert_eq!(gone.refused(), (404, "NOT_FOUND"));
    }
    sam.customer("kjær  & SØNNER").await;
}

#[tokio::test]
async fn contacts_and_interactions_live_under_their_customer() {
    let world = World::start().await;
    let sam = world.sam().await;
    let (customer, other) = (sam.customer("One").await, sam.customer("Two").await);
    let contact = sam
        .post(&format!("{customer}/contacts"), json!({ "firstName": "Ida", "lastName": "Berg", "email": "ida@one.example" }))
        .await;
    assert_eq!(contact.status, 201, "{contact:?}");
    assert_eq!(contact.json["isPrimary"], true, "the first becomes the primary contact");
    let contact_path = format!("{customer}/contacts/{}", contact.id());
    assert_eq!(contact.header("location"), contact_path);
    assert_eq!(sam.get(&customer).await.json["primaryContactId"], contact.json["_id"]);

    let call = json!({ "type": "call", "subject": "Offer", "description": "", "assignedTo": sam.user(), "contactId": contact.id(), "duration": 10 });
    let made = sam.post(&format!("{customer}/interactions"), call).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json["assignedTo"], sam.user());
    let call_path = format!("{customer}/interactions/{}", made.id());
    assert_eq!(sam.get(&customer).await.json["lastContact"], made.json["interactionDate"]);
    assert_eq!(sam.put(&call_path, json!({ "outcome": "wants two" })).await.json["outcome"], "wants two");

    for child in [&contact_path, &call_path] {
        let elsewhere = child.replace(&customer, &other);
        assert_eq!(sam.get(&elsewhere).await.refused(), (404, "NOT_FOUND"), "not the other's");
        assert_eq!(sam.delete(&elsewhere).await.refused(), (404, "NOT_FOUND"));
        assert_eq!(sam.get(child).await.status, 200);
        assert_eq!(sam.delete(child).await.status, 204);
        assert_eq!(sam.get(child).await.refused(), (404, "NOT_FOUND"));
    }
    assert_eq!(sam.get(&customer).await.json["lastContact"], Value::Null);
}

#[tokio::test]
async fn bodies_in_the_seed_shape_work_as_they_stand() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = json!({
        "name": "Seed GmbH", "companyName": "Seed GmbH", "status": "active", "type": "business", "industry": "Optics",
        "source": "fair", "website": "https://seed.example", "phone": "+49 711 1", "email": "info@seed.example",
        "address": { "street": "Weg 1", "city": "Ulm", "zipCode": "89073", "country": "DE" }, "value": 1200.5,
        "assignedTo": sam.user(), "tags": ["a", "b"], "notes": "n", "lastContact": 1_780_000_000_000_i64,
        "nextFollowUp": 1_790_000_000_000_i64, "isActive": true,
        "primaryContact": { "firstName": "Ida", "lastName": "Berg" }
    });
    let made = sam.post("/api/customers", customer).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!((&made.json["value"], &made.json["address"]["state"]), (&json!(1200.5), &json!("")));
    assert_eq!(made.json["lastContact"], 1_780_000_000_000_i64);
    assert_eq!(made.json["nextFollowUp"], 1_789_948_800_000_i64, "a day is a day");
    let path = made.header("location").to_owned();

    let contact = json!({
        "customerId": made.id(), "firstName": "Jo", "lastName": "Alt", "title": "Dr.", "email": "jo@seed.example", "phone": "1",
        "mobile": "2", "department": "Lab", "isPrimary": true, "notes": "n"
    });
    let contact = sam.post(&format!("{path}/contacts"), contact).await;
    assert_eq!((contact.status.as_u16(), &contact.json["isPrimary"]), (201, &json!(true)), "{contact:?}");
    let interaction = json!({
        "customerId": made.id(), "contactId": contact.id(), "type": "meeting", "subject": "s", "description": "d",
        "outcome": "o", "interactionDate": 1_785_000_000_000_i64, "duration": 30, "createdBy": sam.user(),
        "assignedTo": sam.user(), "requiresFollowUp": true, "followUpDate": 1_791_000_000_000_i64, "followUpNotes": "f"
    });
    let interaction = sam.post(&format!("{path}/interactions"), interaction).await;
    assert_eq!(interaction.status, 201, "{interaction:?}");
}

#[tokio::test]
async fn each_refusal_has_its_status_and_code() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let path = sam.customer("Taken").await;
    let new = |extra: Value| {
        let mut body = json!({ "name": "New", "status": "lead", "type": "business" });
        extra.as_object().unwrap().iter().for_each(|(k, v)| drop(body.as_object_mut().unwrap().insert(k.clone(), v.clone())));
        body
    };
    for (body, status, code, field) in [
        (json!({ "name": " ", "status": "lead", "type": "business" }), 400, "REQUIRED", "name"),
        (json!({ "name": "New", "type": "business" }), 400, "REQUIRED", "status"),
        (json!({ "name": "New", "status": "lead" }), 400, "REQUIRED", "type"),
        (new(json!({ "status": "hot" })), 400, "INVALID_VALUE", "status"),
        (new(json!({ "colour": "red" })), 400, "INVALID_VALUE", "colour"),
        (new(json!({ "name": " taken " })), 409, "NAME_TAKEN", "name"),
        (new(json!({ "value": 0 })), 422, "VALUE_NOT_POSITIVE", "value"),
        (new(json!({ "status": "active" })), 422, "PRIMARY_CONTACT_REQUIRED", "primaryContact"),
        (new(json!({ "assignedTo": NOBODY })), 422, "INVALID_ASSIGNMENT", "assignedTo"),
        (new(json!({ "createdBy": ada.user() })), 403, "FORBIDDEN", "createdBy"),
    ] {
        let reply = sam.post("/api/customers", body.clone()).await;
        assert_eq!((reply.refused(), reply.json["field"].as_str()), ((status, code), Some(field)), "{body}");
    }
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(sam.post("/api/customers", new(json!({ "_id": id }))).await.refused(), (409, "ID_TAKEN"));

    let active = new(json!({ "status": "active", "type": "individual", "name": "Person" }));
    let active = sam.post("/api/customers", active).await.header("location").to_owned();
    let back = sam.put(&active, json!({ "status": "lead" })).await;
    assert_eq!((back.refused(), &back.json["details"]["legal"]), ((422, "ILLEGAL_TRANSITION"), &json!(["inactive"])));
    assert_eq!(sam.put(&active, json!({ "status": "inactive" })).await.refused(), (422, "REASON_REQUIRED"));

    let calls = format!("{path}/interactions");
    let call = |extra: (&str, Value)| {
        let mut body = json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user() });
        body[extra.0] = extra.1;
        body
    };
    for (extra, status, code) in [
        (("interactionDate", json!(0)), 422, "INVALID_DATE"),
        (("contactId", json!(NOBODY)), 422, "INVALID_REFERENCE"),
        (("customerId", json!(NOBODY)), 400, "INVALID_VALUE"),
        (("type", json!("fax")), 400, "INVALID_VALUE"),
    ] {
        let reply = sam.post(&calls, call(extra)).await;
        assert_eq!(reply.refused(), (status, code), "{reply:?}");
    }
    assert_eq!(sam.delete(&path).await.status, 204);
    assert_eq!(sam.post(&calls, call(("outcome", Value::Null))).await.refused(), (422, "CUSTOMER_DELETED"));
    assert_eq!(sam.get(&calls).await.status, 200, "children of a trashed customer can be read");
    assert_eq!(sam.get(&format!("/api/customers/{NOBODY}/contacts")).await.refused(), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn tags_guard_against_overwriting_and_save_traffic() {
    let world = World::start().await;
    let sam = world.sam().await;
    let path = sam.customer("Tagged").await;
    let first = sam.get(&path).await;
    let tag = first.header("etag").to_owned();
    let version = first.json["version"].as_i64().unwrap();
    assert!(tag.starts_with(&format!("\"{version}-")), "{tag}");

    let again = with_header(&sam, Method::GET, &path, ("if-none-match", &tag), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.json, again.header("etag")), (304, &Value::Null, tag.as_str()));
    sam.post(
        &format!("{path}/interactions"),
        json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user() }),
    )
    .await
    .ok();
    let moved = with_header(&sam, Method::GET, &path, ("if-none-match", &tag), Value::Null).await;
    assert_eq!(moved.status, 200, "a computed field moved");

    let body = json!({ "phone": "1" });
    let fresh = with_header(&sam, Method::PUT, &path, ("if-match", &tag), body.clone()).await;
    assert_eq!(fresh.status, 200, "a call is no change of the customer itself: {fresh:?}");
    for stale in [tag.as_str(), "\"1\"", "junk"] {
        let refused = with_header(&sam, Method::PUT, &path, ("if-match", stale), json!({ "phone": "2" })).await;
        assert_eq!(refused.refused(), (412, "STALE"));
        assert_eq!(refused.json["details"]["version"], fresh.json["version"]);
        assert_eq!(with_header(&sam, Method::DELETE, &path, ("if-match", stale), Value::Null).await.status, 412);
    }
    assert_eq!(sam.get(&path).await.json["phone"], "1");
    let plain = format!("\"{}\"", fresh.json["version"]);
    assert_eq!(with_header(&sam, Method::PUT, &path, ("if-match", &plain), json!({ "phone": "3" })).await.status, 200);
    assert_eq!(with_header(&sam, Method::DELETE, &path, ("if-match", "*"), Value::Null).await.status, 204);
}

#[tokio::test]
async fn two_organisations_do_not_see_each_other() {
    let world = World::start().await;
    let other = crate::support::new_org("Other", "otto@other.example");
    rapport_server::account::create_org(&world.folder(), &world.source(), &other).unwrap();
    let (sam, otto) = (world.sam().await, world.desk("otto@other.example").await);
    let path = sam.customer("Secret").await;
    assert_eq!(otto.get(&path).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(otto.put(&path, json!({ "phone": "1" })).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(otto.delete(&path).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(otto.get("/api/customers?q=secret").await.json["items"], json!([]));
    otto.customer("Secret").await;
    let pulled = otto.post("/api/sync/pull", json!({ "protocol": 1, "cursor": null, "limit": 1000 })).await.ok();
    assert!(!pulled.to_string().contains(path.rsplit('/').next().unwrap()), "{pulled}");
    assert!(!pulled.to_string().contains("acme"), "{pulled}");
}
