//! Addresses that people type: of a server, and of an enrolment.

use rapport_model::{Code, Error, Result};
use reqwest::Url;

/// What an enrolment link says: where to, and the one-time code.
#[derive(Clone, PartialEq)]
pub struct Enrolment {
    pub server: String,
    pub code: String,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Enrolment at {}", self.server)
    }
}

/// `crm.example.com` to `https://crm.example.com`. Unencrypted only to this machine itself.
pub fn server(typed: &str) -> Result<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Error::field(Code::Required, "server", "Give the address of the server, such as crm.example.com."));
    }
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        let loopback = parse(&format!("http://{typed}")).is_ok_and(|url| is_loopback(&url));
        format!("{}://{typed}", if loopback { "http" } else { "https" })
    };
    let url = parse(&with_scheme)?;
    let host = url.host_str().ok_or_else(|| no_address(typed))?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !plain || !url.username().is_empty() || url.password().is_some() {
        return Err(no_address(typed));
    }
    match url.scheme() {
        "https" => Ok(format!("https://{host}{port}")),
        "http" if is_loopback(&url) => Ok(format!("http://{host}{port}")),
        "http" => Err(Error::field(
            Code::InsecureServer,
            "server",
            format!(
                "http://{host}{port} is not encrypted, so nothing was sent there. Your data is unchanged. Use https://{host}."
            ),
        )),
        _ => Err(no_address(typed)),
    }
}

/// Takes `rapport://enrol?server=<address>&code=<code>` apart.
pub fn enrolment(link: &str) -> Result<Enrolment> {
    let url = Url::parse(link.trim()).map_err(|_| no_link())?;
    if url.scheme() != "rapport" || url.host_str() != Some("enrol") {
        return Err(no_link());
    }
    let part = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        found.filter(|value| !value.trim().is_empty()).ok_or_else(no_link)
    };
    Ok(Enrolment { server: server(&part("server")?)?, code: part("code")? })
}

fn parse(text: &str) -> Result<Url> {
    Url::parse(text).map_err(|_| no_address(text))
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn no_address(typed: &str) -> Error {
    let shown: String = typed.rsplit('@').next().unwrap_or_default().chars().take(100).collect();
    Error::field(
        Code::InvalidValue,
        "server",
        format!("\"{shown}\" is not the address of a server. Nothing was sent. Give one such as crm.example.com."),
    )
}

fn no_link() -> Error {
    Error::field(
        Code::InvalidValue,
        "link",
        "This is not an enrolment link. Nothing was sent. It looks like rapport://enrol?server=crm.example.com&code=…; ask for a new one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for (typed, full) in [
            ("crm.example.com", "https://crm.example.com"),
            (" https://CRM.example.com:8443/ ", "https://crm.example.com:8443"),
            ("localhost:8787", "http://localhost:8787"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("http://[::1]:8787/", "http://[::1]:8787"),
            ("https://127.0.0.1:1", "https://127.0.0.1:1"),
        ] {
            assert_eq!(server(typed).as_deref(), Ok(full), "{typed}");
        }
        for typed in ["ftp://x", "https://x/path", "https://me:secret@x", "a b", "https://x?q", "://"] {
            let error = server(typed).expect_err(typed);
            assert_eq!((error.code, error.field.as_deref()), (Code::InvalidValue, Some("server")), "{typed}");
            assert!(!error.message.contains("secret"));
        }
        assert_eq!(server(" ").map_err(|e| e.code), Err(Code::Required));
    }

    #[test]
    fn an_insecure_server_is_refused_with_the_way_on() {
        for typed in ["http://crm.example.com", "http://192.168.0.4:8787", "http://localhost.evil.example"] {
            let error = server(typed).expect_err(typed);
            assert_eq!(error.code, Code::InsecureServer);
            assert!(error.message.contains("is not encrypted, so nothing was sent there. Your data is unchanged. Use https://"));
        }
    }

    #[test]
    fn enrolment_links_are_taken_apart() {
        let link = "rapport://enrol?server=http%3A%2F%2F127.0.0.1%3A8787&code=a%2Bb-c";
        let found = enrolment(link).expect("a link");
        assert_eq!((found.server.as_str(), found.code.as_str()), ("http://127.0.0.1:8787", "a+b-c"));
        assert!(!format!("{found:?}").contains("a+b"));
        for bad in
            ["", "https://x", "rapport://enrol?code=1", "rapport://enrol?server=x&code=", "rapport://other?server=x&code=1"]
        {
            assert_eq!(enrolment(bad).map_err(|e| e.field), Err(Some("link".to_owned())), "{bad}");
        }
        let insecure = enrolment("rapport://enrol?server=http://crm.example.com&code=1");
        assert_eq!(insecure.map_err(|e| e.code), Err(Code::InsecureServer));
    }
}
