//! Links that lead out of the app: the phone, the mail program, the map. The window itself never leaves the app.

use tauri::Url;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Runtime, Webview};

/// What the app is made of; everything else is another program's.
fn is_inside(url: &Url) -> bool {
    let local = |host: &str| matches!(host, "tauri.localhost" | "ipc.localhost" | "localhost" | "127.0.0.1");
    match url.scheme() {
        "tauri" | "about" | "blob" | "data" => true,
        "http" | "https" => url.host_str().is_some_and(local),
        _ => false,
    }
}

/// What may be handed to this computer's programs.
fn may_leave(url: &Url) -> bool {
    matches!(url.scheme(), "tel" | "mailto") || (url.scheme() == "https" && url.host_str() == Some("www.openstreetmap.org"))
}

fn leave<R: Runtime>(_: &Webview<R>, url: &Url) -> bool {
    if is_inside(url) {
        return true;
    }
    if may_leave(url)
        && let Err(error) = open::that_detached(url.as_str())
    {
        // Whom somebody calls is not logged.
        tracing::warn!(scheme = url.scheme(), %error, "no program takes this link");
    }
    false
}

pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("outward").on_navigation(leave).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_mails_and_the_map_leave_the_app() {
        let url = |text: &str| Url::parse(text).expect("a link");
        for inside in ["tauri://localhost/index.html#/today", "http://tauri.localhost/", "http://localhost:1420/"] {
            assert!(is_inside(&url(inside)), "{inside}");
        }
        for out in ["tel:+4971121840", "mailto:a@b.example", "https://www.openstreetmap.org/search?query=Kiel"] {
            assert!(!is_inside(&url(out)) && may_leave(&url(out)), "{out}");
        }
        for never in ["https://evil.example/", "file:///etc/passwd", "javascript:alert(1)", "http://www.openstreetmap.org/"] {
            assert!(!is_inside(&url(never)) && !may_leave(&url(never)), "{never}");
        }
    }
}
