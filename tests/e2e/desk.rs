//! The desktop around the window: it shows notifications and holds a tray, on the session's real bus, and can press both.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use zbus::blocking::{Connection, connection};
use zbus::message::Header;
use zbus::zvariant::{Dict, OwnedValue, Structure, Value};

const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";
const MENU: &str = "com.canonical.dbusmenu";
/// Reminders are looked at every twenty seconds.
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(50);
const CLOSE: &str = include_str!("close.py");

/// A notification as it came over the bus.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: u32,
    pub title: String,
    pub body: String,
}

#[derive(Default)]
struct Seen {
    notifications: Vec<Shown>,
    /// The bus name of whoever put an icon into the tray, and where it is.
    icons: Vec<(String, String)>,
}

type Shared = Arc<Mutex<Seen>>;

struct Notifications(Shared);
struct Watcher(Shared);

fn seen(shared: &Shared) -> MutexGuard<'_, Seen> {
    shared.lock().expect("one at a time")
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        title: &str,
        body: &str,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut seen = seen(&self.0);
        let id = u32::try_from(seen.notifications.len()).expect("few") + 1;
        assert_eq!(actions.first().map(String::as_str), Some("default"), "it can be pressed");
        seen.notifications.push(Shown { id, title: title.to_owned(), body: body.to_owned() });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "body-markup"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("desk", "rapport", "1", "1.2")
    }
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, item: &str, #[zbus(header)] header: Header<'_>) {
        let from = header.sender().expect("a caller").to_string();
        seen(&self.0).icons.push((from, item.to_owned()));
    }

    fn register_status_notifier_host(&self, _host: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// One desktop; dropping it takes notifications and tray away.
pub struct Desk {
    bus: Connection,
    seen: Shared,
}

impl Desk {
    pub fn open() -> Desk {
        let seen = Shared::default();
        let bus = connection::Builder::session()
            .and_then(|bus| bus.serve_at(NOTIFICATIONS, Notifications(seen.clone())))
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", Watcher(seen.clone())))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build);
        Desk { bus: bus.expect("the session has a bus"), seen }
    }

    /// Waits for a notification with this title.
    pub fn notification(&self, title: &str) -> Shown {
        let found = || seen(&self.seen).notifications.iter().find(|one| one.title == title).cloned();
        wait(found).unwrap_or_else(|| panic!("no notification \"{title}\": {:?}", self.notifications()))
    }

    pub fn notifications(&self) -> Vec<Shown> {
        seen(&self.seen).notifications.clone()
    }

    /// What a person does who presses it.
    pub fn press(&self, one: &Shown) {
        let body = (one.id, "default");
        let sent = self.bus.emit_signal(None::<&str>, NOTIFICATIONS, "org.freedesktop.Notifications", "ActionInvoked", &body);
        sent.expect("the signal is sent");
    }

    /// Waits until the menu of the tray has a line that begins so, and chooses it.
    pub fn choose(&self, text: &str) {
        let item = wait(|| self.menu().into_iter().find(|(_, label)| label.starts_with(text)));
        let (id, _) = item.unwrap_or_else(|| panic!("the tray has no \"{text}\": {:?}", self.menu()));
        let (owner, path) = self.menu_place().expect("a tray icon");
        let event = (id, "clicked", Value::from(0i32), 0u32);
        self.bus.call_method(Some(owner.as_str()), path.as_str(), Some(MENU), "Event", &event).expect("chosen");
    }

    /// Waits until the menu of the tray has a line that begins so.
    pub fn see_in_tray(&self, text: &str) {
        let found = wait(|| self.menu().into_iter().find(|(_, label)| label.starts_with(text)));
        assert!(found.is_some(), "the tray has no \"{text}\": {:?}", self.menu());
    }

    fn menu_place(&self) -> Option<(String, String)> {
        let (owner, item) = seen(&self.seen).icons.last().cloned()?;
        let bus = self.bus.call_method(
            Some(owner.as_str()),
            item.as_str(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.kde.StatusNotifierItem", "Menu"),
        );
        let value: OwnedValue = bus.ok()?.body().deserialize().ok()?;
        let path = zbus::zvariant::ObjectPath::try_from(value).ok()?;
        Some((owner, path.to_string()))
    }

    /// The lines of the tray's menu, and their numbers.
    fn menu(&self) -> Vec<(i32, String)> {
        let Some((owner, path)) = self.menu_place() else { return Vec::new() };
        let args = (0i32, -1i32, Vec::<&str>::new());
        let Ok(answer) = self.bus.call_method(Some(owner.as_str()), path.as_str(), Some(MENU), "GetLayout", &args) else {
            return Vec::new();
        };
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let layout: Option<Layout> = answer.body().deserialize().ok();
        layout.into_iter().flat_map(|(_, (_, _, lines))| lines).filter_map(|line| read(&line)).collect()
    }
}

fn read(line: &OwnedValue) -> Option<(i32, String)> {
    let line = line.downcast_ref::<Structure<'_>>().ok()?;
    let id = line.fields().first()?.downcast_ref::<i32>().ok()?;
    let said = line.fields().get(1)?.downcast_ref::<Dict<'_, '_>>().ok()?;
    let label = said.iter().find(|(name, _)| name.downcast_ref::<&str>().is_ok_and(|name| name == "label"))?.1;
    let label = match label {
        Value::Value(inner) => inner.downcast_ref::<String>().ok()?,
        other => other.downcast_ref::<String>().ok()?,
    };
    // An underline before a letter is how a menu names its key.
    Some((id, label.replace('_', "")))
}

/// Looks until it is found, or for as long as a reminder may take.
pub fn wait<T>(found: impl Fn() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = found() {
            return Some(found);
        }
        if started.elapsed() > PATIENCE {
            return None;
        }
        std::thread::sleep(POLL);
    }
}

/// Closes the windows of the display as their frame's button does. Returns how many could be seen before.
pub fn close_windows() -> usize {
    windows("close")
}

/// How many windows can be seen.
pub fn windows_shown() -> usize {
    windows("count")
}

fn windows(what: &str) -> usize {
    let output = Command::new("python3").args(["-c", CLOSE, "Rapport", what]).output().expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    said.parse().unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Waits until so many windows can be seen.
pub fn see_windows(count: usize) {
    let found = wait(|| (windows_shown() == count).then_some(()));
    assert!(found.is_some(), "{} windows can be seen, not {count}", windows_shown());
}
