//! Who makes a request: the bearer token, and the org's store to do the work in.

use crate::http::{Refusal, Shared};
use crate::session;
use crate::token::Claims;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rapport_model::{Actor, Code, Error, Result, Source};
use rapport_ops::accept::Context;
use rapport_store::{Store, Tx};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// A signed-in caller. What she may do is looked up in the transaction that does it.
pub struct Caller {
    pub claims: Claims,
    store: Store,
    source: Arc<dyn Source>,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Caller, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(Error::new(Code::Unauthorized, "Sign in first.").into()),
        };
        let claims = office.keys.read_access(token, office.now())?;
        let store = office.orgs.get(claims.org).await.map_err(|error| match error.code {
            Code::NotFound => Error::new(Code::Unauthorized, "This organisation is not here any more."),
            _ => error,
        })?;
        Ok(Caller { claims, store, source: office.source.clone() })
    }
}

impl Caller {
    /// Reads as the caller, in one snapshot.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T> + Send + 'static) -> Result<T> {
        let claims = self.claims;
        let read = move |tx: &mut Tx<'_>| {
            let actor = session::actor(tx, &claims)?;
            f(tx, &actor)
        };
        self.store.read_async(read).await
    }

    /// Writes as the caller, in one transaction: all of it or nothing.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (claims, source) = (self.claims, self.source.clone());
        let write = move |tx: &mut Tx<'_>| {
            let actor = session::actor(tx, &claims)?;
            f(tx, &Context { actor, now: source.now(), source: &*source })
        };
        self.store.write_async(write).await
    }
}

/// The address that a request came from, as far as it can be throttled by it.
pub struct Peer(pub IpAddr);

impl FromRequestParts<Shared> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Peer, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Only the entry that our own proxy wrote, the last one, can be believed.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|address| address.trim().parse::<IpAddr>().ok())
            .filter(|_| office.behind_proxy);
        Ok(Peer(network(forwarded.or(peer).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))))
    }
}

/// One household or office: an IPv4 address, or the 64 bits of an IPv6 network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}
