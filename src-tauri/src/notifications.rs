//! Reminders as notifications of the system. One that is pressed opens the window at its place.

use crate::window;
use notify_rust::{Notification, NotificationResponse};
use rapport_client::words::Notice;
use rapport_client::{Code, Error, Result, Teller};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use tauri::AppHandle;

/// Notifications that are listened to at once. One that nobody closes holds a thread.
const HEARD_MAX: usize = 8;

/// The app is handed in once it is there.
#[derive(Clone, Default)]
pub struct Notifications {
    app: Arc<OnceLock<AppHandle>>,
    heard: Arc<AtomicUsize>,
}

impl Notifications {
    pub fn begin(&self, app: &AppHandle) {
        #[cfg(target_os = "macos")]
        if let Err(error) = notify_rust::set_application(&app.config().identifier) {
            tracing::warn!(%error, "notifications carry another program's name");
        }
        // Only the first start of a process hands it in.
        let _ = self.app.set(app.clone());
    }

    /// Waits on a thread of its own until it is pressed or gone.
    fn listen(&self, handle: notify_rust::NotificationHandle, place: String) {
        if self.heard.fetch_add(1, Ordering::Relaxed) >= HEARD_MAX {
            self.heard.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let (app, heard) = (self.app.clone(), self.heard.clone());
        std::thread::spawn(move || {
            let waited = handle.wait_for_response(|response: &NotificationResponse| {
                if matches!(response, NotificationResponse::Default | NotificationResponse::Action(_))
                    && let Some(app) = app.get()
                {
                    window::go(app, &place);
                }
            });
            if let Err(error) = waited {
                tracing::info!(%error, "a notification cannot be listened to");
            }
            heard.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

impl Teller for Notifications {
    fn tell(&self, notice: &Notice) -> Result<()> {
        let mut shown = Notification::new();
        shown.appname("Rapport").summary(&notice.title).body(&body(&notice.body)).icon("rapport");
        shown.action("default", notice.press);
        #[cfg(windows)]
        if let Some(app) = self.app.get() {
            shown.app_id(&app.config().identifier);
        }
        let handle = shown.show().map_err(|error| {
            let message = format!("The system does not show notifications: {error}. They are tried again, and Today shows them.");
            Error::new(Code::Internal, message)
        })?;
        self.listen(handle, notice.place.clone());
        Ok(())
    }
}

/// Where the system takes a body for markup, what somebody typed must not be any.
#[cfg(all(unix, not(target_os = "macos")))]
fn body(text: &str) -> String {
    let markup = notify_rust::get_capabilities().is_ok_and(|known| known.iter().any(|one| one == "body-markup"));
    if markup { escaped(text) } else { text.to_owned() }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn body(text: &str) -> String {
    text.to_owned()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    #[test]
    fn a_customer_s_name_is_no_markup() {
        assert_eq!(super::escaped("Müller & <b>Söhne</b>"), "Müller &amp; &lt;b&gt;Söhne&lt;/b&gt;");
    }
}
