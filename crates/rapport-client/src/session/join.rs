//! Signing in: at a server by password or enrolment link, or on this device alone.

use super::enter::{Opened, key_of, open_store};
use super::hand_over::{self, Local};
use super::ready::{Ready, Who};
use super::{Client, State};
use crate::address;
use crate::auth::{Remote, SignedIn};
use crate::event::Event;
use crate::profile::{Current, Profile};
use crate::tokens::{blocking, keep_refresh, keep_work_key};
use crate::vault::{self, Name, Sealed, Secret, Vault, check_passphrase};
use rapport_model::{Code, Error, Id, Kind, Meta, Org, Record, Result, Role, User, text};
use rapport_ops::save::LOCAL_ONLY;
use rapport_store::lookup::DEVICE_CODE;
use rapport_store::{Shelf, Store, Tx};
use rapport_sync::seal::key;
use serde_json::{Value, json};
use std::sync::Arc;
use zeroize::Zeroizing;

pub(super) type Passphrase = Option<Zeroizing<String>>;

impl Client {
    /// `session.connect`.
    pub(super) async fn connect(
        &self,
        server: &str,
        email: &str,
        password: Zeroizing<String>,
        passphrase: Passphrase,
    ) -> Result<Value> {
        let _turn = self.inner.turn.lock().await;
        let server = address::server(server)?;
        let email = email.trim();
        if email.is_empty() {
            return Err(Error::field(Code::Required, "email", "Give the e-mail address that you sign in with."));
        }
        self.check_vault(&server, Some(email), &passphrase).await?;
        let remote = self.way_to(server)?;
        let signed = remote.login(email, &password, &device_name()).await?;
        drop(password);
        self.join(remote.server(), signed, passphrase).await
    }

    /// `session.enrol`.
    pub(super) async fn enrol(&self, link: &str, passphrase: Passphrase) -> Result<Value> {
        let _turn = self.inner.turn.lock().await;
        let enrolment = address::enrolment(link)?;
        self.check_vault(&enrolment.server, None, &passphrase).await?;
        let remote = self.way_to(enrolment.server)?;
        let signed = remote.enrol(&enrolment.code, &device_name()).await?;
        self.join(remote.server(), signed, passphrase).await
    }

    /// Before somebody signs in there; what another server said before counts no more.
    fn way_to(&self, server: String) -> Result<Remote> {
        self.inner.heard.set(None);
        let http = rapport_sync::http_client(self.inner.options.ca.as_deref())?;
        Ok(Remote::new(http, server, self.inner.heard.clone()))
    }

    /// `session.startLocal`.
    pub(super) async fn start_local(&self, name: &str, company: &str, passphrase: Passphrase) -> Result<Value> {
        let _turn = self.inner.turn.lock().await;
        for (field, value) in [("name", name), ("company", company)] {
            if value.trim().is_empty() {
                return Err(Error::field(Code::Required, field, format!("Give a {field}; it can be changed later.")));
            }
        }
        if self.ready().is_ok() {
            return Err(Error::new(Code::InvalidValue, "You are signed in already. Sign out first. Nothing was changed."));
        }
        self.check_vault("", None, &passphrase).await?;
        let source = &self.inner.options.source;
        let (org_id, user_id, now) = (source.id(), source.id(), source.now());
        let meta = |id| Meta { id, created_at: now, updated_at: now, created_by: user_id, ..Meta::default() };
        let org = Org { meta: meta(org_id), name: company.trim().to_owned(), ..Org::default() };
        let user = User { meta: meta(user_id), name: name.trim().to_owned(), role: Role::Admin, ..User::default() };
        let place = Place { server: None, org, user, device_id: source.id(), device_code: local_code()? };
        let client = self.clone();
        let opened = blocking(move || match client.local_profile(&place, passphrase.as_ref())? {
            Some(opened) => Ok(opened),
            None => client.make_profile(place, passphrase.as_ref(), None),
        })
        .await?;
        self.begin(opened, None).await
    }

    /// Before a device is made on the server: is there a place for its secrets?
    pub(super) async fn check_vault(&self, server: &str, email: Option<&str>, passphrase: &Passphrase) -> Result<()> {
        let options = &self.inner.options;
        if options.key_file.is_some() || options.memory.is_some() {
            return Ok(());
        }
        if let Some(passphrase) = passphrase {
            return check_passphrase(passphrase);
        }
        let folder = self.inner.folder.clone();
        let (server, email) = (server.to_owned(), email.map(text::fold));
        let id = options.source.id();
        blocking(move || {
            let here = |p: &Profile| p.server.as_deref() == Some(&server) && Some(text::fold(&p.email)) == email;
            // A profile that is here opens its own vault; that is proof enough.
            if folder.profiles()?.iter().any(here) { Ok(()) } else { vault::probe_keyring(id) }
        })
        .await
    }

    /// The server let her in: re-open the profile of (server, organisation, user) or make it, and go on there.
    async fn join(&self, server: &str, signed: SignedIn, passphrase: Passphrase) -> Result<Value> {
        let SignedIn { access_token, expires_in_ms, refresh_token, work_key, device_id, device_code, org, user } = signed;
        let place = Place { server: Some(server.to_owned()), org, user, device_id, device_code };
        let before = self.ready().ok();
        let (client, present) = (self.clone(), before.clone());
        let opened = blocking(move || client.place_of(place, passphrase.as_ref(), present.as_ref())).await?;
        keep_refresh(&opened.vault, &refresh_token).await?;
        keep_work_key(&opened.vault, &work_key).await?;
        self.begin(opened, Some((access_token, expires_in_ms))).await
    }

    /// Writes down what is used from now on, and makes it the session. A crash before this leaves the session of before.
    pub(super) async fn begin(&self, opened: Opened, access: Option<(Zeroizing<String>, i64)>) -> Result<Value> {
        let (folder, profile) = (self.inner.folder.clone(), opened.profile.clone());
        blocking(move || {
            folder.write(&profile)?;
            let last = folder.current().unwrap_or_default();
            folder.set_current(&Current {
                profile: Some(profile.id),
                last_email: if profile.server.is_some() { Some(profile.email) } else { last.last_email },
                last_server: profile.server.or(last.last_server),
                signed_out: false,
                ..Current::default()
            })
        })
        .await?;
        // One driver at a time: what ran before ends first.
        if let Ok(before) = self.ready() {
            before.stop().await;
        }
        let ready = self.enter(opened, access).await?;
        self.replace(State::Ready(ready));
        self.say(Event::Session);
        self.say(Event::everything());
        self.status().await
    }

    /// Blocks. The open session if it is the place, else a profile on this device that still opens, else a new one.
    fn place_of(&self, place: Place, passphrase: Option<&Zeroizing<String>>, present: Option<&Arc<Ready>>) -> Result<Opened> {
        // What was made up stays behind.
        let local = present.filter(|p| p.profile.server.is_none() && !p.is_sample()).map(|p| Local::of(&p.store, &p.profile));
        for profile in self.inner.folder.profiles()?.into_iter().filter(|p| place.is_of(p)) {
            let profile = place.on(profile);
            let opened = match present.filter(|p| p.profile.id == profile.id) {
                Some(p) => Ok(Opened { profile, lock: p.lock.clone(), vault: p.vault.clone(), store: p.store.clone() }),
                None => self.open_profile(profile, passphrase),
            };
            match opened {
                Ok(opened) => {
                    self.carry_files(&local, &opened.profile, &opened.store)?;
                    set_up(&opened.store, place, local)?;
                    return Ok(opened);
                }
                // It stays as it is, and a new one is made beside it.
                Err(e) if matches!(e.code, Code::WrongKey | Code::StoreDamaged | Code::NoKeyring) => {
                    tracing::warn!(code = %e.code, "a profile of this user does not open");
                }
                Err(e) => return Err(e),
            }
        }
        self.make_profile(place, passphrase, local)
    }

    /// Blocks. What the same person of the same company had on this device alone comes back.
    fn local_profile(&self, place: &Place, passphrase: Option<&Zeroizing<String>>) -> Result<Option<Opened>> {
        for profile in self.inner.folder.profiles()?.into_iter().filter(|p| p.server.is_none()) {
            let Ok(opened) = self.open_profile(profile, passphrase) else { continue };
            let profile = opened.profile.clone();
            let who = opened.store.read(move |tx| Who::read(tx, &profile))?;
            if (&who.org.name, &who.user.name) == (&place.org.name, &place.user.name) {
                return Ok(Some(opened));
            }
        }
        Ok(None)
    }

    fn open_profile(&self, profile: Profile, passphrase: Option<&Zeroizing<String>>) -> Result<Opened> {
        let held = self.with_state(|state| match state {
            State::Locked(locked, lock) if locked.id == profile.id => Some(lock.clone()),
            _ => None,
        });
        let folder = &self.inner.folder;
        let lock = held.map_or_else(|| folder.lock(profile.id), Ok)?;
        let vault = self.vault_of(&profile, passphrase.map(|p| p.as_str()))?;
        let store = open_store(&folder.store(profile.id), &key_of(&vault)?)?;
        Ok(Opened { profile, lock, vault, store })
    }

    /// Blocks. A new profile: its key is kept and read back before it encrypts anything.
    pub(super) fn make_profile(
        &self,
        place: Place,
        passphrase: Option<&Zeroizing<String>>,
        local: Option<Local>,
    ) -> Result<Opened> {
        let folder = &self.inner.folder;
        let id = self.inner.options.source.id();
        let lock = folder.make(id)?;
        let vault = self.new_vault(id, passphrase)?;
        let key: Secret = vault::fresh_key()?;
        vault.set_proven(Name::Key, &key)?;
        let store = open_store(&folder.store(id), &key)?;
        let profile = Profile {
            id,
            server: place.server.clone(),
            org: place.org.meta.id,
            user: place.user.meta.id,
            email: place.user.email.clone(),
            device_id: place.device_id,
            device_code: place.device_code.clone(),
            vault: vault.kind(),
        };
        self.carry_files(&local, &profile, &store)?;
        set_up(&store, place, local)?;
        Ok(Opened { profile, lock, vault, store })
    }

    /// Blocks. What lay beside a local session lies beside the one that takes its records over.
    fn carry_files(&self, local: &Option<Local>, to: &Profile, store: &Store) -> Result<()> {
        let Some(local) = local else { return Ok(()) };
        let shelf = Shelf::open(store, self.inner.folder.contents(to.id))?;
        local.carry_files(&self.inner.folder, store, &shelf)
    }

    fn new_vault(&self, id: Id, passphrase: Option<&Zeroizing<String>>) -> Result<Vault> {
        let options = &self.inner.options;
        match (&options.memory, &options.key_file, passphrase) {
            (Some(memory), _, _) => Ok(Vault::Memory(memory.clone(), id)),
            (_, Some(path), _) => Ok(Vault::KeyFile(path.clone(), id)),
            (_, _, Some(passphrase)) => {
                let sealed = Sealed::create(&self.inner.folder.vault(id), id, passphrase)?;
                Ok(Vault::Passphrase(Arc::new(sealed)))
            }
            _ => Ok(Vault::Keyring(id)),
        }
    }
}

/// Who works where, as the sign-in told.
pub(super) struct Place {
    pub server: Option<String>,
    pub org: Org,
    pub user: User,
    pub device_id: Id,
    pub device_code: String,
}

impl Place {
    fn is_of(&self, profile: &Profile) -> bool {
        profile.server == self.server && profile.org == self.org.meta.id && profile.user == self.user.meta.id
    }

    /// The profile with what this sign-in changed: a new device of the same person.
    fn on(&self, profile: Profile) -> Profile {
        let email = self.user.email.clone();
        Profile { email, device_id: self.device_id, device_code: self.device_code.clone(), ..profile }
    }
}

/// Who is who, the life of this store, and what a local session hands over: in one transaction.
fn set_up(store: &Store, place: Place, local: Option<Local>) -> Result<()> {
    let handed = local.map(|local| local.read(&place.user)).transpose()?;
    let epoch = rapport_model::Source::id(&rapport_store::source::System);
    store.write(move |tx| {
        put_newer(tx, &place.org)?;
        put_newer(tx, &place.user)?;
        if tx.progress::<Id>(key::EPOCH)?.is_none() {
            tx.set_progress(key::EPOCH, &epoch)?;
        }
        tx.set_progress("actor", &json!({ "user": place.user.meta.id, "role": place.user.role, "device": place.device_id }))?;
        tx.set_progress(DEVICE_CODE, &place.device_code)?;
        tx.set_progress(LOCAL_ONLY, &place.server.is_none())?;
        handed.map_or(Ok(()), |handed| hand_over::put(tx, handed))
    })
}

/// A row that came by sync since is newer than what the sign-in told.
fn put_newer(tx: &mut Tx<'_>, record: &dyn Record) -> Result<()> {
    let kind: Kind = record.kind();
    match tx.find(kind, record.meta().id)? {
        Some(held) if held.meta().version > record.meta().version => Ok(()),
        _ => tx.put(record),
    }
}

/// Three characters of Crockford's base 32, as numbers made on a local-only device carry them.
pub(super) fn local_code() -> Result<String> {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut random = [0u8; 3];
    getrandom::fill(&mut random).map_err(Error::internal)?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// What the server lists this device as.
fn device_name() -> String {
    let variable = |name: &str| std::env::var(name).ok();
    let file = || std::fs::read_to_string("/etc/hostname").ok();
    let host = variable("COMPUTERNAME").or_else(|| variable("HOSTNAME")).or_else(file).unwrap_or_default();
    let host: String = host.trim().chars().take(60).collect();
    if host.is_empty() { std::env::consts::OS.to_owned() } else { format!("{host} ({})", std::env::consts::OS) }
}
