//! Fills a folder with the demonstration company: the same seed and instant give the same rows.

use crate::account::{self, email_key};
use crate::folder::Folder;
use crate::password;
use rapport_model::{BoxedRecord, Id, Millis, Result, Role, Source, User};
use rapport_ops::demo;
use rapport_store::Store;
use rapport_store::accounts::Account;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Customers written in one transaction.
const BATCH_CUSTOMERS: usize = 250;

/// What to fill in.
#[derive(Clone, Debug)]
pub struct Fill {
    pub customers: usize,
    pub seed: u64,
    /// The instant around which the story is told.
    pub now: Millis,
    /// One password for everybody; `None` = enrolment links only.
    pub password: Option<String>,
    /// Behind the `@` of everybody's address. No two organisations of a server share one.
    pub domain: String,
    /// With quotes and orders.
    pub sales: bool,
}

/// The domain of the demonstration's people.
pub const DOMAIN: &str = "halvorsen.example";

/// Who and what is there now.
#[derive(Debug)]
pub struct Filled {
    pub org: Id,
    pub users: Vec<User>,
    pub records: usize,
}

/// The clock of the story stands still; ids come from chance, for what is not part of the story.
struct Story {
    now: Millis,
    source: Arc<dyn Source>,
}

impl Source for Story {
    fn now(&self) -> Millis {
        self.now
    }

    fn id(&self) -> Id {
        self.source.id()
    }
}

fn org_id(fill: &Fill) -> Id {
    let digest = Sha256::digest(format!("rapport demo {}", fill.seed).as_bytes());
    let mut random = [0u8; 10];
    random.copy_from_slice(&digest[..10]);
    Id::v7(fill.now.0, &random)
}

/// Makes the company with its people and customers. `progress` hears how many customers are written.
pub fn fill(folder: &Folder, source: &Arc<dyn Source>, fill: &Fill, progress: impl Fn(usize)) -> Result<Filled> {
    let secret = match &fill.password {
        Some(password) => {
            password::check(password)?;
            password::hash(password)?
        }
        None => String::new(),
    };
    let org = org_id(fill);
    let mut plan = demo::Plan { customers: fill.customers, seed: fill.seed, now: fill.now, org, owners: Vec::new() };
    let (record, teams, mut users) = demo::people(&plan);
    for user in &mut users {
        user.email = user.email.replace(DOMAIN, &fill.domain);
    }
    plan.owners = users.iter().filter(|user| user.role == Role::Sales).map(|user| user.meta.id).collect();
    let emails = users.iter().map(|user| email_key(&user.email)).collect();
    account::reserve(&folder.directory()?, emails, org)?;
    let store = folder.create_org(org)?;
    let story: Arc<dyn Source> = Arc::new(Story { now: fill.now, source: source.clone() });
    let people: Vec<BoxedRecord> = std::iter::once(Box::new(record) as BoxedRecord)
        .chain(teams.into_iter().map(|team| Box::new(team) as BoxedRecord))
        .chain(users.iter().map(|user| Box::new(user.clone()) as BoxedRecord))
        .collect();
    let accounts: Vec<Account> =
        users.iter().map(|u| Account { user_id: u.meta.id, email_key: email_key(&u.email), secret: secret.clone() }).collect();
    let by = users.iter().find(|user| user.role == Role::Admin).map_or(Id::NIL, |user| user.meta.id);
    let mut records = people.len();
    let told = story.clone();
    store.write(move |tx| {
        account::start_sequence(tx, told.now(), told.id())?;
        account::write_server(tx, by, told.now(), &*told, people)?;
        accounts.iter().try_for_each(|account| tx.account_put(account))
    })?;
    for start in (0..fill.customers).step_by(BATCH_CUSTOMERS) {
        let end = (start + BATCH_CUSTOMERS).min(fill.customers);
        records += write_batch(&store, (&plan, fill.sales), start..end, by, &story)?;
        progress(end);
    }
    Ok(Filled { org, users, records })
}

fn write_batch(
    store: &Store,
    (plan, with_sales): (&demo::Plan, bool),
    indices: std::ops::Range<usize>,
    by: Id,
    story: &Arc<dyn Source>,
) -> Result<usize> {
    let mut records: Vec<BoxedRecord> = Vec::new();
    let mut customers = Vec::with_capacity(indices.len());
    for index in indices {
        let bundle = demo::customer(plan, index);
        customers.push(bundle.customer.meta.id);
        let sales = if with_sales { demo::sales(plan, index, &bundle)? } else { demo::Sales::default() };
        records.push(Box::new(bundle.customer));
        records.extend(bundle.contacts.into_iter().map(|contact| Box::new(contact) as BoxedRecord));
        records.extend(bundle.interactions.into_iter().map(|i| Box::new(i) as BoxedRecord));
        records.extend(sales.quotes.into_iter().map(|quote| Box::new(quote) as BoxedRecord));
        records.extend(sales.orders.into_iter().map(|order| Box::new(order) as BoxedRecord));
    }
    let (count, story) = (records.len(), story.clone());
    store.write(move |tx| {
        account::write_server(tx, by, story.now(), &*story, records)?;
        tx.refresh_customers(&customers, story.now()).map(drop)
    })?;
    Ok(count)
}
