//! A record of what passes between the page and Rust, so that a test can say what never does.

use serde::Deserialize;

/// Names of fields that would carry a secret to the page.
const SECRET_NAMES: &[&str] = &["accessToken", "refreshToken", "access_token", "refresh_token", "Bearer ", "databaseKey"];

/// Put into the page; wraps the one way that messages take, and listens to the one event.
/// The page's own `invoke` cannot be replaced, but the `fetch` below it can.
pub const RECORD: &str = r#"
if (window.__ipcLog) return;
const log = window.__ipcLog = [];
const asText = (body) => typeof body === "string" ? body
  : body ? new TextDecoder().decode(body) : "";
const real = window.fetch;
window.fetch = function (input, init) {
  const answer = real.apply(this, arguments);
  const url = String((input && input.url) || input);
  if (!url.startsWith("ipc:") && !url.includes("//ipc.localhost")) return answer;
  const entry = { name: decodeURIComponent(url.split("/").pop()), sent: asText(init && init.body), received: "" };
  log.push(entry);
  return answer.then(async (response) => {
    entry.received = await response.clone().text();
    return response;
  });
};
const tauri = window.__TAURI_INTERNALS__;
const handler = tauri.transformCallback((event) => {
  log.push({ name: "event " + event.event, sent: "", received: JSON.stringify(event) });
});
tauri.invoke("plugin:event|listen", { event: "touched", target: { kind: "Any" }, handler }).catch(() => {});
"#;

/// One call with its answer, or one event.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub name: String,
    pub sent: String,
    pub received: String,
}

/// No message holds one of these values, nor a field that is named as one.
/// A log without a call proves nothing and is refused.
pub fn assert_no_secret(log: &[Message], secrets: &[&str]) {
    assert!(log.iter().any(|message| message.name == "call"), "no call was recorded: {log:?}");
    for message in log {
        for secret in secrets.iter().chain(SECRET_NAMES).filter(|secret| !secret.is_empty()) {
            let held = message.sent.contains(secret) || message.received.contains(secret);
            assert!(!held, "a message of {} holds \"{secret}\": {message:?}", message.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(received: &str) -> Message {
        Message { name: "call".into(), sent: "{}".into(), received: received.into() }
    }

    #[test]
    fn a_log_without_secrets_passes() {
        assert_no_secret(&[call("{\"items\":[]}")], &["s3cret"]);
    }

    #[test]
    #[should_panic(expected = "s3cret")]
    fn a_value_that_must_stay_in_rust_is_found() {
        assert_no_secret(&[call("{\"x\":\"s3cret\"}")], &["s3cret"]);
    }

    #[test]
    #[should_panic(expected = "no call was recorded")]
    fn an_empty_log_proves_nothing() {
        assert_no_secret(&[], &[]);
    }
}
