//! Which addresses a webhook may lead to. A server that calls what its users name must not be a way into the network around it.
//!
//! Names are resolved here and only what passes is connected to, so that a name cannot mean one address when it is checked and
//! another one when it is called.

use rapport_model::{Code, Error, Result};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Characters of an address at most.
const URL_CHARS_MAX: usize = 2048;

/// An address that is not called.
#[derive(Debug)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The address leads into a private network.")
    }
}

impl std::error::Error for Refused {}

/// The address of a receiver, if it may be called as far as can be told without asking for its name.
pub fn checked_url(text: &str, allow_private: bool) -> Result<Url> {
    let wrong = |message: &str| Error::field(Code::InvalidValue, "url", message);
    if text.len() > URL_CHARS_MAX {
        return Err(wrong("An address has at most 2048 characters."));
    }
    let url = Url::parse(text).map_err(|_| wrong("This is no address. Give one such as https://example.com/hooks."))?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err(wrong("Only https is called. Customer data must not cross a network readable.")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("Leave name and password out of the address; check the signature instead."));
    }
    if url.fragment().is_some() {
        return Err(wrong("Leave out what follows the #; it is never sent."));
    }
    if allow_private {
        return Ok(url);
    }
    let private = match host(&url) {
        Some(Host::Address(address)) => !is_public(address),
        Some(Host::Name(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => true,
    };
    if private {
        let message = "This address leads into a private network. The server calls such only if it was started with \
                       --webhooks-allow-private.";
        return Err(wrong(message));
    }
    Ok(url)
}

enum Host<'a> {
    Name(&'a str),
    Address(IpAddr),
}

fn host(url: &Url) -> Option<Host<'_>> {
    let text = url.host_str()?;
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    Some(bare.parse().map_or(Host::Name(text), Host::Address))
}

/// Whether an address is one of the open internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Networks that are not the open internet (IANA's registry of special addresses), and one that a cloud answers its own
/// machines on.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let inside = |(network, bits): &(Ipv4Addr, u32)| (address.to_bits() ^ network.to_bits()) >> (32 - bits) == 0;
    !CLOSED_V4.iter().any(inside)
}

/// Of version 6 only what is given out (2000::/3), without what carries an address of version 4 or is for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    match address.segments() {
        // A network's own way to version 4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))),
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x2002, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names to those of their addresses that may be called.
pub struct Guard {
    pub allow_private: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| allow_private || is_public(address.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(Refused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
        169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
        223.255.255.255 2606:4700::1111 2a00:1450:4001:80b::200e 2001:200::1 ::ffff:8.8.8.8 64:ff9b::808:808 \
        3fff:1000::1";
    const CLOSED: &str = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254 \
        168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 \
        192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 \
        255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 \
        64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 \
        fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 4000::1";

    #[test]
    fn only_the_open_internet_is_public() {
        let public = |text: &str| is_public(text.parse().expect(text));
        for open in OPEN.split_whitespace() {
            assert!(public(open), "{open}");
        }
        for closed in CLOSED.split_whitespace() {
            assert!(!public(closed), "{closed}");
        }
    }

    #[test]
    fn an_address_is_checked_when_it_is_given() {
        let refused = |text: &str, allow| checked_url(text, allow).map_err(|error| error.field).err().flatten();
        for good in
            ["https://example.com/hooks?x=1", "https://example.com:8443/", "https://8.8.8.8/", "https://[2606:4700::1111]/"]
        {
            assert_eq!(refused(good, false), None, "{good}");
        }
        for never in [
            "",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https://a:b@example.com/",
            "https://a@example.com/",
            "https://example.com/#x",
        ] {
            assert_eq!((refused(never, false), refused(never, true)), (Some("url".into()), Some("url".into())), "{never}");
        }
        for private in [
            "http://example.com/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.1:8080/",
            "https://0/",
        ] {
            assert_eq!((refused(private, false), refused(private, true)), (Some("url".into()), None), "{private}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        let ask = |allow_private| async move {
            let name: Name = "localhost".parse().expect("a name");
            Guard { allow_private }.resolve(name).await.map(Iterator::count)
        };
        assert!(ask(true).await.is_ok_and(|count| count > 0));
        let error = ask(false).await.expect_err("refused");
        assert!(error.downcast_ref::<Refused>().is_some(), "{error}");
    }
}
